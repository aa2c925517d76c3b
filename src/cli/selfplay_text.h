// Self-play as it goes and as it went: a progress line, a line a round, a table in the end; or JSON
// lines for machines.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cli/output.h"
#include "interview/ask.h"
#include "report/terminal.h"
#include "selfplay/loop.h"

namespace ooe::cli {

class SelfplayProgress {
 public:
  SelfplayProgress(bool json, Usd budget) : json_(json), budget_(budget) {}

  void phase(std::string_view phase, const selfplay::Round& round);
  void begin_calls(std::size_t calls);
  void called(const interview::ExpertProgress& expert);
  void clear() { line_.clear(); }

 private:
  bool json_;
  Usd budget_;
  ProgressLine line_;
  std::string what_;
  std::size_t calls_ = 0;
  std::map<std::string, std::pair<std::int64_t, Usd>> done_;  // by expert, of these calls
};

[[nodiscard]] std::string summary_text(const selfplay::Journal& journal, selfplay::Ending ending,
                                       std::string_view journal_path, std::string_view model_path,
                                       const report::Terminal& terminal);
[[nodiscard]] std::string summary_json(const selfplay::Journal& journal, selfplay::Ending ending);

}  // namespace ooe::cli
