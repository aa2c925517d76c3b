// ooe init: writes the first ooe.toml from what answers on this machine and from key variables.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "cli/command.h"
#include "cli/fetch.h"
#include "cli/first_config.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{1'000};

struct Options {
  std::string out = "ooe.toml";
  std::vector<std::string> probes;
  bool only_probes = false;
  bool force = false;
};

Result<void> look_at(const std::string& what, const std::string& base_url,
                     std::vector<FoundServer>& found) {
  const auto url = http::parse_url(base_url + "/models");
  if (!url) return fail(url.error());
  http::Loop loop;
  const Fetched fetched = get(loop, *url, {}, kPatience);
  if (fetched.status != 200) return {};
  if (is_of_a_gateway(fetched.body)) {
    fmt::print("{} is an ooe gateway, which is no expert: left out\n", base_url);
    found.push_back({"an ooe gateway, which is no expert,", base_url, {}});
    return {};
  }
  FoundServer server{what, base_url, models_in(fetched.body)};
  if (!server.models.empty()) found.push_back(std::move(server));
  return {};
}

Result<int> init(const Options& options) {
  if (!options.force && std::filesystem::exists(options.out)) {
    return fail(ErrorCode::invalid_argument,
                "{}: the file is there already; give --force to replace it, or --out another",
                options.out);
  }
  std::vector<FoundServer> servers;
  for (std::string probe : options.probes) {
    while (probe.ends_with('/')) probe.pop_back();
    if (auto looked = look_at("a server", probe, servers); !looked) return fail(looked.error());
  }
  std::vector<KeyedService> services;
  if (!options.only_probes) {
    for (const LocalAddress& address : local_addresses()) {
      auto looked = look_at(std::string(address.what), std::string(address.base_url), servers);
      if (!looked) return fail(looked.error());
    }
    for (const KeyedService& service : keyed_services()) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets variables
      const char* key = std::getenv(std::string(service.variable).c_str());
      if (key != nullptr && *key != '\0') services.push_back(service);
    }
  }
  const auto has_none = [](const FoundServer& server) { return server.models.empty(); };
  const auto written = write_file_atomically(options.out, first_config(servers, services));
  if (!written) return fail(written.error());
  for (const FoundServer& server : servers) {
    if (server.models.empty()) continue;
    fmt::print("found {} at {}: {} models\n", server.what, server.base_url, server.models.size());
  }
  for (const KeyedService& service : services) {
    fmt::print("found the key variable {}\n", service.variable);
  }
  if (std::ranges::all_of(servers, has_none) && services.empty()) {
    fmt::print("found no server and no key; {} has an example to fill in\n", options.out);
  } else {
    fmt::print("{} is written; look at it, then `ooe doctor`\n", options.out);
  }
  return 0;
}

}  // namespace

void add_init(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "init", "write ooe.toml from what answers on this machine and from key variables");
  command->add_option("--out", options->out, "the file to write")
      ->capture_default_str()
      ->type_name("FILE");
  command
      ->add_option("--probe", options->probes, "look here too: an address up to and including /v1")
      ->check(readable_by(http::parse_url))
      ->type_name("URL");
  command->add_flag("--only-probes", options->only_probes,
                    "look only there: no usual addresses, no key variables");
  command->add_flag("--force", options->force, "replace the file when it is there");
  set_work(*command, options, runner, "ooe init", init);
}

}  // namespace ooe::cli
