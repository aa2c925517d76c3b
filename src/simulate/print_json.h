// How simulated experts print what they send.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace ooe::simulate {

// On one line; bytes that are no UTF-8 become U+FFFD, as what clients send comes back in answers.
[[nodiscard]] inline std::string print(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace ooe::simulate
