// Everything `ooe report` knows, of which `ooe evaluate` knows a part, of a pool of experts on a set of questions, and the forms it takes:
// text for a terminal, one HTML page, JSON, CSV.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/domains.h"
#include "evaluate/evaluate.h"
#include "report/selfplay_html.h"
#include "report/terminal.h"
#include "report/universe_text.h"

namespace ooe::report {

struct Report {
  std::string title;  // of the data: "mmlu_core"
  std::string how;    // how predictions were made: "5 folds, seed 1"
  evaluate::Evaluation evaluation;
  std::vector<evaluate::DomainTable> domains;  // coarse ones first
  std::vector<std::string> outsiders;          // experts measured and not in the pool
  std::optional<Selection> selection;
  std::vector<SelfplayRound> selfplay = {};  // of the workspace's journal
};

// The evaluation, the domains and the gaps.
[[nodiscard]] std::string report_text(const Report& report, const Terminal& terminal);

// One self-contained page: no file, no network beside it; light and dark, phone and paper.
[[nodiscard]] std::string report_html(const Report& report);

// {"title", "how", "evaluation", "domains", "selection"}
[[nodiscard]] std::string report_json(const Report& report);

// Every figure a line: "section,name,expert,figure,value,low,high"; empty cells for what there is
// not.
[[nodiscard]] std::string report_csv(const Report& report);

}  // namespace ooe::report
