// What the subcommands share: how they are registered, and what the outside of the process says.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "report/terminal.h"

namespace ooe::cli {

// Set by the chosen subcommand while options are parsed, run afterwards by run_program().
//
// The exit codes of every command: 2 when the command line alone is wrong, whatever files hold and
// servers say (an option's own validator refuses it, or `check`); 1 when the work failed, or was
// done and the answer is "no"; else 0.
struct Runner {
  std::function<Result<void>()> check;  // options that contradict each other
  std::function<Result<int>()> work;    // returns the exit code of success: 0, or 1 for "no"
};

// The whole program: picks the subcommand, prints its error, returns the exit code.
[[nodiscard]] int run_program(int argc, const char* const* argv);

// One per subcommand file: adds the subcommand to `app`; when it is chosen, `runner` becomes its
// work.
void add_dedicated(CLI::App& app, Runner& runner);
void add_doctor(CLI::App& app, Runner& runner);
void add_evaluate(CLI::App& app, Runner& runner);
void add_export(CLI::App& app, Runner& runner);
void add_import(CLI::App& app, Runner& runner);
void add_init(CLI::App& app, Runner& runner);
void add_interview(CLI::App& app, Runner& runner);
void add_keys(CLI::App& app, Runner& runner);
void add_predict(CLI::App& app, Runner& runner);
void add_promote(CLI::App& app, Runner& runner);
void add_replay(CLI::App& app, Runner& runner);
void add_report(CLI::App& app, Runner& runner);
void add_route(CLI::App& app, Runner& runner);
void add_select(CLI::App& app, Runner& runner);
void add_selfplay(CLI::App& app, Runner& runner);
void add_serve(CLI::App& app, Runner& runner);
void add_simulate(CLI::App& app, Runner& runner);
void add_adapt(CLI::App& app, Runner& runner);
void add_train(CLI::App& app, Runner& runner);

// Of a command whose options can each be judged alone.
inline constexpr auto no_check = [](const auto&) { return Result<void>(); };

// Gives the subcommand its --help footer and its runner: `check(options)`, which looks at no file,
// then `work(options)`, with the parsed options.
template <class Options, class Work, class Check = decltype(no_check)>
void set_work(CLI::App& command, std::shared_ptr<Options> options, Runner& runner,
              std::string example, Work work, Check check = no_check) {
  command.footer("Example:\n  " + std::move(example));
  command.callback([options, &runner, work, check] {
    runner = {.check = [options, check] { return check(*options); },
              .work = [options, work] { return work(*options); }};
  });
}

// A number in [low, high]. CLI::Range takes "nan", which no comparison refuses.
[[nodiscard]] CLI::Validator number_between(double low, double high);

// A whole number of at least 0. CLI::NonNegativeNumber answers with the largest number there is.
[[nodiscard]] CLI::Validator whole_number();

// What `parse` can read from the text, whose error is what the user is told.
template <class Parse>
[[nodiscard]] CLI::Validator readable_by(Parse parse) {
  return CLI::Validator(
      [parse](const std::string& text) {
        const auto read = parse(text);
        return read ? std::string() : read.error().message;
      },
      "");
}

// Some names, none twice, or @file: what a script's variable holds that is not set would be taken
// for "all".
[[nodiscard]] CLI::Validator some_names();

// --threads, of training.
void add_threads_option(CLI::App& command, std::size_t& threads);

// --json, with or without a file.
struct JsonOption {
  bool asked = false;
  std::string file;  // empty: standard output
};
void add_json_option(CLI::App& command, JsonOption& json);

// Prints `text` for people unless JSON went to standard output, and `json` where it was asked for.
[[nodiscard]] Result<void> print_result(const JsonOption& option, std::string_view text,
                                        const std::function<std::string()>& json);

[[nodiscard]] report::Terminal stdout_terminal();
[[nodiscard]] report::Terminal stderr_terminal();

// A progress line on standard error: rewritten in place on a terminal, a plain line now and then
// otherwise.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::string_view what, std::size_t done, std::size_t total, std::string_view note = "");
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ooe::cli
