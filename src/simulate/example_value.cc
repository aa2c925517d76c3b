#include "simulate/example_value.h"

#include <string>

#include <nlohmann/json.hpp>

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDepthMax = 16;

// "string", or the first of ["string", "null"].
std::string type_of(const Json& schema) {
  const auto type = schema.find("type");
  if (type == schema.end()) return schema.contains("properties") ? "object" : "string";
  if (type->is_string()) return type->get<std::string>();
  return type->is_array() && !type->empty() && type->front().is_string()
             ? type->front().get<std::string>()
             : "string";
}

Json number_of(const Json& schema) {
  const auto minimum = schema.find("minimum");
  return minimum != schema.end() && minimum->is_number() ? *minimum : Json(1);
}

Json value_of(const Json& schema, int depth) {
  if (depth > kDepthMax) return nullptr;
  if (!schema.is_object()) return "simulated";
  if (const auto only = schema.find("const"); only != schema.end()) return *only;
  for (const char* choices : {"enum", "anyOf", "oneOf"}) {
    const auto found = schema.find(choices);
    if (found == schema.end() || !found->is_array() || found->empty()) continue;
    return *choices == 'e' ? found->front() : value_of(found->front(), depth + 1);
  }
  const std::string type = type_of(schema);
  if (type == "object") {
    Json object = Json::object();
    const auto properties = schema.find("properties");
    if (properties == schema.end() || !properties->is_object()) return object;
    for (const auto& [name, property] : properties->items()) {
      object[name] = value_of(property, depth + 1);
    }
    return object;
  }
  if (type == "array") {
    const auto items = schema.find("items");
    return Json::array({value_of(items == schema.end() ? Json::object() : *items, depth + 1)});
  }
  if (type == "integer" || type == "number") return number_of(schema);
  if (type == "boolean") return true;
  if (type == "null") return nullptr;
  return "simulated";
}

}  // namespace

Json example_value(const Json& schema) { return value_of(schema, 0); }

}  // namespace ooe::simulate
