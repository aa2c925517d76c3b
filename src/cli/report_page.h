// The page that `ooe report` and `ooe evaluate` write, and the part of it that tells domains apart.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/output_place.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "evaluate/domains.h"
#include "report/report.h"

namespace ooe::cli {

// Of every way to tell these questions apart, coarse ones first. Shape: `predictions` is
// [n_queries, n_experts]; `outsiders` were measured on the same questions and are not routed to.
[[nodiscard]] Result<std::vector<evaluate::DomainTable>> domains_of(
    const Dataset& data, const std::vector<Prediction>& predictions,
    const std::vector<evaluate::Outsider>& outsiders, const evaluate::BootstrapOptions& bootstrap);

inline constexpr const char* kPageName = "index.html";

// Of --html.
[[nodiscard]] inline Output page_output(const std::string& folder) {
  return {.option = "--html", .path = folder, .names = {kPageName}};
}

// Writes `folder`/index.html and says so on standard error; makes the folder when it is not there.
[[nodiscard]] Result<void> write_page(const std::string& folder, const report::Report& report);

}  // namespace ooe::cli
