#include "cli/simulation_config.h"

#include <filesystem>

#include "base/file.h"
#include "cli/toml_reader.h"
#include "cli/toml_text.h"

namespace ooe::cli {
namespace {

constexpr std::string_view kWrittenBySimulate = "# Written by `ooe simulate`.";

TokenPrice read_plain_price(TomlTable& table, std::string_view key) {
  double usd = 0.0;
  table.read(key, usd, 0.0, kTokenPriceUsdPerMillionMax);
  return token_price(usd).value_or(TokenPrice{});
}

void read_fault(TomlTable table, simulate::SimulatedExpert& expert) {
  if (!table.has("kind")) {
    table.finish();
    return;
  }
  std::string kind;
  table.read("kind", kind);
  if (auto fault = simulate::parse_fault(kind)) {
    expert.fault = *fault;
  } else {
    table.reject("kind", fault.error().message);
  }
  expert.fault_share = 1.0;
  table.read("share", expert.fault_share, 0.0, 1.0);
  table.finish();
}

simulate::SimulatedExpert read_simulated_expert(TomlTable& table) {
  simulate::SimulatedExpert expert;
  table.read("name", expert.name);
  std::size_t port = 0;
  table.read("port", port, 0, 65'535);
  expert.port = static_cast<std::uint16_t>(port);
  TomlTable price = table.table("price");
  expert.prices.input = read_plain_price(price, "input");
  expert.prices.cached_input = expert.prices.input;
  expert.prices.output = read_plain_price(price, "output");
  price.finish();
  TomlTable competence = table.table("competence");
  competence.read("default", expert.competence.otherwise, 0.0, 1.0);
  for (const std::string& subject : competence.keys()) {
    if (subject == "default") continue;
    competence.read(subject, expert.competence.by_subject[subject], 0.0, 1.0);
  }
  competence.finish();
  table.read("difficulty_share", expert.difficulty_share, 0.0, 1.0);
  table.read("verbosity", expert.verbosity, 0.0, 1.0);
  std::int64_t first_token_ms = 0;
  table.read("first_token_ms", first_token_ms, 0, 600'000);
  expert.first_token = std::chrono::milliseconds(first_token_ms);
  table.read("tokens_per_second", expert.tokens_per_second, 0.0, 1e9);
  table.read("writes", expert.writes);
  if (table.has("judges")) table.read("judges", expert.judges.emplace(1.0), 0.0, 1.0);
  read_fault(table.table("fault"), expert);
  table.finish();
  return expert;
}

}  // namespace

Result<SimulationConfig> parse_simulation_config(std::string_view toml, std::string_view name) {
  auto parsed = TomlTable::parse(toml, name);
  if (!parsed) return fail(parsed.error());
  TomlTable& root = *parsed;
  SimulationConfig config;
  TomlTable simulation = root.table("simulation");
  std::int64_t seed = 1;
  simulation.read("seed", seed, 0, INT64_MAX);
  config.options.seed = static_cast<std::uint64_t>(seed);
  simulation.read("questions", config.questions);
  simulation.read("to_write", config.to_write);
  simulation.finish();
  for (TomlTable& table : root.tables("expert")) {
    config.options.experts.push_back(read_simulated_expert(table));
  }
  root.finish();
  if (root.error()) return fail(*root.error());
  if (auto ok = simulate::check(config.options); !ok) {
    return fail(ok.error().code, "{}: {}", name, ok.error().message);
  }
  return config;
}

Result<SimulationConfig> load_simulation_config(const std::string& path) {
  const auto text = read_file(path, std::size_t{1} << 20U);
  if (!text) return fail(text.error());
  auto config = parse_simulation_config(*text, path);
  if (!config) return config;
  const auto folder = std::filesystem::path(path).parent_path();
  for (auto* files : {&config->questions, &config->to_write}) {
    for (std::string& file : *files) file = (folder / file).string();
  }
  return config;
}

std::string config_for(const simulate::SimulationOptions& options,
                       std::span<const std::uint16_t> ports) {
  std::string text = fmt::format("{} All experts in here are simulations.\n", kWrittenBySimulate);
  text +=
      "[server]\nlisten = \"127.0.0.1:8080\"\n\n"
      "[store]\nurl = \"sqlite:ooe.db\"\n\n"
      "[predictor]\nfile = \"model.ooe\"\n\n"
      "[privacy]\ndefault = \"public\"  # requests without a class of their own\n";
  for (std::size_t i = 0; i < options.experts.size(); ++i) {
    const simulate::SimulatedExpert& expert = options.experts[i];
    text += fmt::format(
        "\n[[expert]]\nname = {0}\nbase_url = \"http://{1}:{2}/v1\"\nmodel = {0}\n"
        "price = {{ input = {3}, output = {4} }}  # USD per million tokens\n",
        toml_string(expert.name), options.host, ports[i], usd_per_million(expert.prices.input),
        usd_per_million(expert.prices.output));
  }
  text += "\n[[model]]\nname = \"auto\"\ngoal = { maximise = \"quality\" }\n";
  return text;
}

Result<void> check_may_overwrite_config(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  if (text->starts_with(kWrittenBySimulate)) return {};
  return fail(
      ErrorCode::permission_denied,
      "{} is there and was not written by `ooe simulate`; give another name, or move it away",
      path);
}

}  // namespace ooe::cli
