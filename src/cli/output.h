// What commands print: results, for people or as JSON, and how far they are.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "report/terminal.h"

namespace ooe::cli {

// --json, with or without a file.
struct JsonOption {
  bool asked = false;
  std::string file;  // empty: standard output
};

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
