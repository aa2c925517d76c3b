// The first ooe.toml: what answers on this machine, and whose keys are in the environment.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ooe::cli {

// A server that lists models.
struct FoundServer {
  std::string what;      // "Ollama"
  std::string base_url;  // up to and including /v1
  std::vector<std::string> models;
  std::vector<std::string> elsewhere = {};  // those of them that it says run somewhere else
};

// Services that sell by key, and where to find them.
struct KeyedService {
  std::string_view variable;  // "OPENAI_API_KEY"
  std::string_view name;
  std::string_view base_url;
  std::string_view dialect;
  std::string_view model;  // an example, to be changed
};
[[nodiscard]] std::span<const KeyedService> keyed_services();

// Addresses where local servers listen by default.
struct LocalAddress {
  std::string_view what;
  std::string_view base_url;
};
[[nodiscard]] std::span<const LocalAddress> local_addresses();

// Returns the ids in the answer of GET /v1/models; empty when it is something else.
[[nodiscard]] std::vector<std::string> models_in(std::string_view body);
// Whether it is that of another gateway, or of this one, which is no expert.
[[nodiscard]] bool is_of_a_gateway(std::string_view body);

// Returns the models in the answer of Ollama's GET /api/tags that it hands on to a server elsewhere.
[[nodiscard]] std::vector<std::string> handed_on_in(std::string_view body);

// Whether the name is that of a model that chats: not of one that makes or compares vectors.
[[nodiscard]] bool chats(std::string_view model);
// Whether what the model is sent stays on this machine or in its network, as far as the server's
// address and the model's name tell: a public name or address is elsewhere, and so are Ollama's
// models of its cloud, which it lists among those that run here.
[[nodiscard]] bool stays_here(const FoundServer& server, std::string_view model);

// Returns a commented configuration that `ooe` reads; without any expert found, the example in it
// is a comment and has to be filled in. A model that does not stay here gets no clearance and no
// price.
[[nodiscard]] std::string first_config(std::span<const FoundServer> servers,
                                       std::span<const KeyedService> services);

}  // namespace ooe::cli
