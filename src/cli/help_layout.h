// --help for terminals of 80 columns, which CLI11 2.1 does not wrap for.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace ooe::cli {

class HelpLayout : public CLI::Formatter {
 public:
  HelpLayout();

  std::string make_description(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace ooe::cli
