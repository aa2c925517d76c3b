#include "cli/help_layout.h"

#include <cstddef>
#include <sstream>
#include <string_view>

#include "report/terminal.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kColumnOfTexts = 30;

std::string in_columns(std::string_view text, std::size_t columns) {
  std::string lines = report::wrap(text, "", {columns, false});
  while (lines.ends_with('\n')) lines.pop_back();
  return lines;
}

std::string beside_names(std::string_view text) {
  return in_columns(text, kColumns - kColumnOfTexts);
}

}  // namespace

HelpLayout::HelpLayout() { column_width(kColumnOfTexts); }

std::string HelpLayout::make_description(const CLI::App* app) const {
  return in_columns(app->get_description(), kColumns) + "\n";
}

std::string HelpLayout::make_subcommand(const CLI::App* command) const {
  std::ostringstream line;
  CLI::detail::format_help(line, command->get_display_name(true),
                           beside_names(command->get_description()), kColumnOfTexts);
  return line.str();
}

std::string HelpLayout::make_option_desc(const CLI::Option* option) const {
  return beside_names(option->get_description());
}

}  // namespace ooe::cli
