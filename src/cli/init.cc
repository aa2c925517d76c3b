// ooe init: writes the first ooe.toml from what answers on this machine and from key variables.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "cli/fetch.h"
#include "cli/first_config.h"
#include "cli/note.h"
#include "cli/options.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{1'000};

struct InitOptions {
  std::string out = "ooe.toml";
  std::vector<std::string> probes;
  bool only_probes = false;
  bool force = false;
};

// Of a server that is Ollama, which lists models that it hands on among those that run on it.
std::vector<std::string> handed_on_by(http::Loop& loop, std::string_view base_url) {
  constexpr std::string_view kVersion = "/v1";
  if (base_url.ends_with(kVersion)) base_url.remove_suffix(kVersion.size());
  const auto url = http::parse_url(std::string(base_url) + "/api/tags");
  if (!url) return {};
  const Fetched fetched = get(loop, *url, {}, kPatience);
  return fetched.status == 200 ? handed_on_in(fetched.body) : std::vector<std::string>();
}

Result<void> look_at(const std::string& what, const std::string& base_url,
                     std::vector<FoundServer>& found) {
  const auto url = http::parse_url(base_url + "/models");
  if (!url) return fail(url.error());
  http::Loop loop;
  const Fetched fetched = get(loop, *url, {}, kPatience);
  if (fetched.status != 200) return {};
  if (is_of_a_gateway(fetched.body)) {
    say("{} is an ooe gateway, which is no expert: left out\n", base_url);
    found.push_back({"an ooe gateway, which is no expert,", base_url, {}});
    return {};
  }
  FoundServer server{what, base_url, models_in(fetched.body)};
  if (server.models.empty()) return {};
  server.elsewhere = handed_on_by(loop, base_url);
  found.push_back(std::move(server));
  return {};
}

// What was found there, and what of it is not as who sees the list may think.
void print_found(const FoundServer& server) {
  say("found {} at {}: {} models\n", server.what, server.base_url, server.models.size());
  for (const std::string& model : server.models) {
    if (!chats(model)) {
      say("  {} does not chat: left out\n", model);
    } else if (!stays_here(server, model)) {
      say("  {} runs elsewhere: cleared for public requests alone; give its price\n", model);
    }
  }
}

Result<int> init(const InitOptions& options) {
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
  const auto has_none = [](const FoundServer& server) {
    return std::ranges::none_of(server.models, chats);
  };
  const auto written = write_file_atomically(options.out, first_config(servers, services));
  if (!written) return fail(written.error());
  for (const FoundServer& server : servers) {
    if (!server.models.empty()) print_found(server);
  }
  for (const KeyedService& service : services) {
    say("found the key variable {}\n", service.variable);
  }
  if (std::ranges::all_of(servers, has_none) && services.empty()) {
    say("found no server and no key; {} has an example to fill in\n", options.out);
  } else {
    say("{} is written; look at it, then `ooe doctor`\n", options.out);
  }
  return 0;
}

}  // namespace

void add_init(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<InitOptions>();
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
