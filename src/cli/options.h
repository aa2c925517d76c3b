// What the options of several subcommands share. For the files that declare options alone: CLI11 takes
// seconds to read.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace ooe::cli {

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

// For an option that may be left out: an empty text is what a script's variable holds that is not
// set.
[[nodiscard]] CLI::Validator not_empty();

// --threads, of training.
void add_threads_option(CLI::App& command, std::size_t& threads);

// --json
void add_json_option(CLI::App& command, JsonOption& json);

}  // namespace ooe::cli
