#include "cli/options.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "dataset/dataset.h"

namespace ooe::cli {

CLI::Validator whole_number() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_number<std::uint64_t>(text)
                   ? std::string()
                   : fmt::format("'{}' is not a whole number of 64 bits, at least 0",
                                 text.substr(0, 40));
      },
      "");
}

CLI::Validator some_names() {
  return CLI::Validator(
      [](const std::string& text) {
        if (text.find_first_not_of(" ,\t") == std::string::npos) {
          return std::string("it names nobody");
        }
        if (text.starts_with('@')) return std::string();  // what it holds is not the line's fault
        const auto names = dataset::parse_expert_list(text);
        return names ? std::string() : names.error().message;
      },
      "");
}

CLI::Validator number_between(double low, double high) {
  const std::string range = fmt::format("[{} - {}]", low, high);
  return CLI::Validator(
      [low, high, range](const std::string& text) {
        double number = 0.0;
        const bool read = CLI::detail::lexical_cast(text, number);
        // So written, "nan" is outside.
        return read && number >= low && number <= high
                   ? std::string()
                   : fmt::format("'{}' is not a number in {}", text.substr(0, 40), range);
      },
      range);
}

CLI::Validator not_empty() {
  return CLI::Validator(
      [](const std::string& text) {
        return text.empty() ? std::string("it is empty") : std::string();
      },
      "");
}

void add_threads_option(CLI::App& command, std::size_t& threads) {
  command.add_option("--threads", threads, "0: all cores; the result is the same")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'024));
}

// A flag, so that the word behind it is never its file: `ooe import --json q.jsonl` would write
// over the questions.
void add_json_option(CLI::App& command, JsonOption& json) {
  const CLI::callback_t take = [&json](const CLI::results_t& given) {
    json.asked = true;
    json.file = given.back() == "true" ? "" : given.back();  // what CLI11 calls a flag without "="
    return true;
  };
  command.add_option("--json", take, "print JSON for machines; --json=FILE writes it there")
      ->expected(0)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace ooe::cli
