#include "gateway/http_error.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace ooe::gateway {
namespace {

std::string_view error_type(int status) {
  if (status == 401 || status == 403) return "authentication_error";
  if (status == 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

}  // namespace

std::string error_body(int status, std::string_view code, std::string_view message) {
  const nlohmann::json body = {
      {"error",
       {{"message", message}, {"type", error_type(status)}, {"param", nullptr}, {"code", code}}}};
  // A message may quote what a client or an expert said: never throw over its bytes.
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

http::Response json_response(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

http::Response error_response(int status, std::string_view code, std::string_view message,
                              std::optional<std::chrono::seconds> retry_after) {
  http::Response response = json_response(status, error_body(status, code, message));
  if (retry_after) {
    response.headers.push_back({"retry-after", std::to_string(retry_after->count())});
  }
  return response;
}

}  // namespace ooe::gateway
