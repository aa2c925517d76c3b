// What is where on the public port. In: a path, a method. Out: its route.
#pragma once

#include <string_view>

namespace ooe::gateway {

enum class To { chat, decision, models, model, alive, ready, metrics, nowhere_yet };

struct Route {
  std::string_view path;
  std::string_view methods;  // as the Allow header says it
  To to;
  bool needs_key = true;         // where keys are in force
  bool shows_everybody = false;  // all experts, and what keys have spent: no limited key sees it
};

inline constexpr std::string_view kModelPath = "/v1/models/";  // and a name

// `path`: without its query. Null where there is nothing.
[[nodiscard]] const Route* find_route(std::string_view path);

[[nodiscard]] bool takes(const Route& route, std::string_view method);

}  // namespace ooe::gateway
