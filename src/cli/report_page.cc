#include "cli/report_page.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/note.h"

namespace ooe::cli {

Result<std::vector<evaluate::DomainTable>> domains_of(
    const Dataset& data, const std::vector<Prediction>& predictions,
    const std::vector<evaluate::Outsider>& outsiders, const evaluate::BootstrapOptions& bootstrap) {
  std::vector<evaluate::DomainTable> tables;
  for (const auto& grouping : evaluate::groupings_of(data)) {
    auto table = evaluate::domain_table(data, predictions, grouping, outsiders, bootstrap);
    if (!table) return fail(table.error());
    tables.push_back(std::move(*table));
  }
  return tables;
}

Result<void> write_page(const std::string& folder, const report::Report& report) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::unavailable, "--html {}: {}", folder, error.message());
  }
  const std::string path = (std::filesystem::path(folder) / kPageName).string();
  if (auto ok = write_file_atomically(path, report::report_html(report)); !ok) return ok;
  note("wrote {}\n", path);
  return {};
}

}  // namespace ooe::cli
