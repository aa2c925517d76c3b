#include "cli/first_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "cli/toml_text.h"
#include "http/message.h"

namespace ooe::cli {
namespace {

constexpr std::array<KeyedService, 7> kServices{{
    {"OPENAI_API_KEY", "openai", "https://api.openai.com/v1", "openai", "gpt-4o-mini"},
    {"ANTHROPIC_API_KEY", "anthropic", "https://api.anthropic.com/v1", "anthropic",
     "claude-3-5-haiku-latest"},
    {"MISTRAL_API_KEY", "mistral", "https://api.mistral.ai/v1", "openai", "mistral-small-latest"},
    {"GROQ_API_KEY", "groq", "https://api.groq.com/openai/v1", "openai", "llama-3.1-8b-instant"},
    {"TOGETHER_API_KEY", "together", "https://api.together.xyz/v1", "openai",
     "meta-llama/Llama-3.3-70B-Instruct-Turbo"},
    {"DEEPSEEK_API_KEY", "deepseek", "https://api.deepseek.com/v1", "openai", "deepseek-chat"},
    {"OPENROUTER_API_KEY", "openrouter", "https://openrouter.ai/api/v1", "openai",
     "openai/gpt-4o-mini"},
}};

constexpr std::array<LocalAddress, 5> kAddresses{{
    {"Ollama", "http://127.0.0.1:11434/v1"},
    {"vLLM", "http://127.0.0.1:8000/v1"},
    {"llama.cpp", "http://127.0.0.1:8080/v1"},
    {"LM Studio", "http://127.0.0.1:1234/v1"},
    {"TGI", "http://127.0.0.1:3000/v1"},
}};

constexpr std::size_t kModelsMax = 50;  // of one server

// Names are unique, and hold no comma.
std::string free_name(std::string name, std::set<std::string>& taken) {
  std::ranges::replace(name, ',', '-');
  std::string free = name;
  for (int i = 2; !taken.insert(free).second; ++i) free = fmt::format("{}-{}", name, i);
  return free;
}

constexpr std::string_view kTitle =
    "# Written by `ooe init`. `ooe doctor` checks it; docs/configuration.md explains every key.\n";

constexpr std::string_view kHead =
    "[store]\n"
    "url = \"sqlite:ooe.db\"  # answers, outcomes, receipts\n\n"
    "[privacy]\n"
    "default = \"public\"  # class of requests that name none; \"restricted\" sends them nowhere "
    "without clearance\n\n";

constexpr std::string_view kExample =
    "# Nothing answered on this machine, and no key variable is set. Fill in one expert:\n"
    "# [[expert]]\n"
    "# name = \"my-model\"                     # what clients call it\n"
    "# base_url = \"http://127.0.0.1:8000/v1\"\n"
    "# model = \"org/name\"                     # what the server calls it\n"
    "# api_key_env = \"MY_KEY\"                 # keys are never written here\n"
    "# price = { input = 0.2, output = 0.2 }  # USD per million tokens\n\n";

constexpr std::string_view kModel =
    "[[model]]\n"
    "name = \"auto\"  # clients ask for it; every expert's own name works too\n"
    "goal = { maximise = \"quality\" }\n";

// The numbers of "10.1.2.3"; nothing for what is no such address.
std::optional<std::array<int, 4>> ipv4_of(std::string_view host) {
  std::array<int, 4> numbers{};
  const char* at = host.data();
  const char* const end = at + host.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto read = std::from_chars(at, end, numbers[i]);
    if (read.ec != std::errc() || numbers[i] < 0 || numbers[i] > 255) return std::nullopt;
    at = read.ptr;
  }
  return at == end ? std::optional(numbers) : std::nullopt;
}

// Addresses that lead to this machine or into its network, whatever is asked (RFC 1918, 3927, 4193,
// 4291), and names that no public server answers for (RFC 6761, 6762, 8375).
bool is_near(std::string_view host) {
  if (http::is_loopback(host)) return true;
  if (const auto ip = ipv4_of(host)) {
    const auto [a, b, c, d] = *ip;
    return a == 127 || a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
           (a == 169 && b == 254);
  }
  if (host.find(':') != std::string_view::npos) {
    return host.starts_with("fc") || host.starts_with("fd") || host.starts_with("fe80:");
  }
  if (host.find('.') == std::string_view::npos) return true;
  constexpr std::array<std::string_view, 5> kNear{".localhost", ".local", ".lan", ".internal",
                                                  ".home.arpa"};
  return std::ranges::any_of(kNear,
                             [&](std::string_view suffix) { return host.ends_with(suffix); });
}

// What is known of where one model runs, as the members of its [[expert]].
std::string_view terms_of(const FoundServer& server, std::string_view model) {
  if (stays_here(server, model)) {
    return "price = { input = 0, output = 0 }  # USD per million tokens; give your own costs\n"
           "clearance = \"restricted\"  # it runs here: it may see everything\n"
           "own = true\n\n";
  }
  return "# price = { input = ..., output = ... }  # USD per million tokens; budgets need it\n"
         "clearance = \"public\"  # it runs elsewhere: raise this only where whoever runs it may "
         "see more\n\n";
}

// What of a server is left out, as a comment; empty when nothing is.
std::string left_out(const FoundServer& server) {
  std::string names;
  for (const std::string& model : server.models) {
    if (!chats(model)) names += (names.empty() ? "" : ", ") + model;
  }
  return names.empty() ? names : fmt::format("# no models that chat, left out: {}\n", names);
}

// Where nothing answers yet.
std::string_view free_address(std::span<const FoundServer> servers) {
  constexpr std::string_view kUsual = "127.0.0.1:8080";
  const bool taken = std::ranges::any_of(servers, [&](const FoundServer& server) {
    return server.base_url.find(kUsual) != std::string::npos;
  });
  return taken ? "127.0.0.1:8090" : kUsual;
}

}  // namespace

std::span<const KeyedService> keyed_services() { return kServices; }
std::span<const LocalAddress> local_addresses() { return kAddresses; }

std::vector<std::string> models_in(std::string_view body) {
  std::vector<std::string> models;
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json["data"].is_array()) return models;
  for (const auto& model : json["data"]) {
    if (!model.is_object() || !model.contains("id") || !model["id"].is_string()) continue;
    const auto id = model["id"].get<std::string>();
    const bool plain = !id.empty() && id.size() <= 200 &&
                       std::ranges::all_of(id, [](char c) { return c > ' ' && c < '\x7f'; });
    if (plain && models.size() < kModelsMax) models.push_back(id);
  }
  return models;
}

std::vector<std::string> handed_on_in(std::string_view body) {
  std::vector<std::string> models;
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("models") || !json["models"].is_array()) return models;
  for (const auto& model : json["models"]) {
    if (!model.is_object()) continue;
    const auto name = model.value("name", nlohmann::json());
    const auto host = model.value("remote_host", nlohmann::json());
    if (name.is_string() && host.is_string() && host != "")
      models.push_back(name.get<std::string>());
  }
  return models;
}

bool chats(std::string_view model) {
  // How the names of other models begin, or a word in them.
  constexpr std::array<std::string_view, 7> kOthers{"embed", "rerank", "bge-",       "gte-",
                                                    "e5-",   "minilm", "paraphrase-"};
  const std::string name = ascii_lower(model);
  return std::ranges::none_of(kOthers, [&](std::string_view word) {
    for (std::size_t at = name.find(word); at < name.size(); at = name.find(word, at + 1)) {
      if (at == 0 || !is_alnum(name[at - 1])) return true;
    }
    return false;
  });
}

bool stays_here(const FoundServer& server, std::string_view model) {
  const auto url = http::parse_url(server.base_url);
  if (!url || !is_near(url->host)) return false;
  if (std::ranges::find(server.elsewhere, model) != server.elsewhere.end()) return false;
  const std::string name = ascii_lower(model);
  return !name.ends_with("-cloud") && !name.ends_with(":cloud");
}

bool is_of_a_gateway(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json["data"].is_array()) return false;
  return std::ranges::any_of(json["data"], [](const auto& model) {
    if (!model.is_object()) return false;
    const auto owner = model.value("owned_by", nlohmann::json());
    return owner == "ooe" || owner == "expert";
  });
}

std::string first_config(std::span<const FoundServer> servers,
                         std::span<const KeyedService> services) {
  std::string text(kTitle);
  text += fmt::format("[server]\nlisten = \"{}\"\n\n{}", free_address(servers), kHead);
  std::set<std::string> taken{"auto"};
  for (const FoundServer& server : servers) {
    text += fmt::format("# {} at {}\n{}{}", server.what, server.base_url, left_out(server),
                        std::ranges::any_of(server.models, chats) ? "" : "\n");
    for (const std::string& model : server.models) {
      if (!chats(model)) continue;
      text += fmt::format("[[expert]]\nname = {}\nbase_url = {}\nmodel = {}\n{}",
                          toml_string(free_name(model, taken)), toml_string(server.base_url),
                          toml_string(model), terms_of(server, model));
    }
  }
  for (const KeyedService& service : services) {
    text += fmt::format(
        "# {} is set\n[[expert]]\nname = {}\nbase_url = {}\n{}model = {}  # change it to the one "
        "you use\napi_key_env = {}\n"
        "# price = {{ input = ..., output = ... }}  # USD per million tokens; budgets need it\n\n",
        service.variable, toml_string(free_name(std::string(service.name), taken)),
        toml_string(service.base_url),
        service.dialect == "openai" ? ""
                                    : fmt::format("dialect = {}\n", toml_string(service.dialect)),
        toml_string(service.model), toml_string(service.variable));
  }
  const bool no_model = std::ranges::none_of(
      servers, [](const FoundServer& server) { return std::ranges::any_of(server.models, chats); });
  if (no_model && services.empty()) text += kExample;
  return text += kModel;
}

}  // namespace ooe::cli
