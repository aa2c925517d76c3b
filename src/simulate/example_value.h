// A value that a JSON schema takes: what a simulated expert says when it is asked for JSON, and the
// arguments with which it calls a tool.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace ooe::simulate {

// Every property of an object, one item of a list, the first of several choices; numbers are
// `minimum` or 1. Reads what clients send: type, properties, items, enum, const, anyOf, oneOf,
// minimum; what it does not know is a string. Nested at most 16 deep, below that null.
[[nodiscard]] nlohmann::ordered_json example_value(const nlohmann::ordered_json& schema);

}  // namespace ooe::simulate
