#include "gateway/admin.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/parse_number.h"
#include "gateway/http_error.h"
#include "gateway/metrics.h"
#include "http/loop.h"
#include "store/receipt_line.h"

namespace ooe::gateway {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kReceiptsUsual = 100;

http::Response error_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
      return error_response(404, "not_found", error.message);
    case ErrorCode::invalid_argument:
    case ErrorCode::corrupt:
    case ErrorCode::permission_denied:
      return error_response(422, "refused", error.message);
    default:
      return error_response(503, "unavailable", error.message);
  }
}

// The N of "count=N"; nothing when it is not one.
std::optional<std::int64_t> count_of(std::string_view query) {
  if (query.empty()) return kReceiptsUsual;
  constexpr std::string_view kName = "count=";
  if (!query.starts_with(kName)) return std::nullopt;
  query.remove_prefix(kName.size());
  const auto count = parse_number<std::int64_t>(query);
  return count && *count >= 0 && *count <= kAdminReceiptsMax ? count : std::nullopt;
}

// Those that the key has: its budgets and rates, and the classes of privacy that are its own.
ordered_json limits_json(const ApiKey& key) {
  const KeyLimits& limits = key.limits;
  ordered_json json = ordered_json::object();
  if (limits.per_day_max) json["usd_per_day"] = to_string(*limits.per_day_max);
  if (limits.per_month_max) json["usd_per_month"] = to_string(*limits.per_month_max);
  if (limits.requests_per_minute) json["requests_per_minute"] = *limits.requests_per_minute;
  if (limits.tokens_per_minute) json["tokens_per_minute"] = *limits.tokens_per_minute;
  if (key.privacy_default) json["privacy_default"] = to_string(*key.privacy_default);
  if (key.privacy_floor != PrivacyClass::public_) {
    json["privacy_floor"] = to_string(key.privacy_floor);
  }
  return json;
}

// `after_kills`: of this month's, what is on no receipt.
ordered_json spent_json(const Spent& spent, Usd after_kills) {
  return {{"usd_today", to_string(spent.day)},
          {"usd_this_month", to_string(spent.month)},
          {"usd_this_month_after_kills", to_string(after_kills)}};
}

template <class T>
T of_key(const std::unordered_map<std::string, T>& by_key, const std::string& name) {
  const auto found = by_key.find(name);
  return found == by_key.end() ? T{} : found->second;
}

constexpr std::string_view kReceiptsPath = "/admin/receipts";
constexpr std::string_view kReloadPath = "/admin/reload";
constexpr std::string_view kKeysPath = "/admin/keys";
constexpr std::string_view kMetricsPath = "/metrics";

// The NAME of /admin/keys/NAME/revoke as it is written; empty for any other path.
std::string_view revoked_name(std::string_view path) {
  constexpr std::string_view kBefore = "/admin/keys/";
  constexpr std::string_view kBehind = "/revoke";
  if (path.size() <= kBefore.size() + kBehind.size()) return {};
  if (!path.starts_with(kBefore) || !path.ends_with(kBehind)) return {};
  return path.substr(kBefore.size(), path.size() - kBefore.size() - kBehind.size());
}

// The one method that a path takes; empty where there is nothing.
std::string_view method_of(std::string_view path) {
  if (path == kReceiptsPath || path == kKeysPath || path == kMetricsPath) return "GET";
  if (path == kReloadPath || !revoked_name(path).empty()) return "POST";
  return {};
}

// Hashed, so that what is compared has one length.
std::array<std::uint8_t, 16> authorization_with(const experts::Secret& token) {
  return blake2b_128("Bearer " + token.reveal());
}

}  // namespace

Result<void> check_admin_token(const experts::Secret& token) {
  if (token.reveal().size() >= kAdminTokenBytesMin) return {};
  return fail(ErrorCode::invalid_argument,
              "the admin token is missing or shorter than {} bytes; `openssl rand -hex 16` makes "
              "one",
              kAdminTokenBytesMin);
}

struct AdminServer::Impl {
  Impl(const experts::Secret& token, AdminCalls with_calls)
      : authorization(authorization_with(token)), calls(std::move(with_calls)) {}

  // The header's value, for as long as the token is in force.
  [[nodiscard]] std::array<std::uint8_t, 16> authorization_now() const {
    const std::lock_guard lock(mutex);
    return authorization;
  }

  [[nodiscard]] http::Response answer(const http::Request& request) const;
  [[nodiscard]] http::Response receipts(std::string_view query) const;
  [[nodiscard]] http::Response reload() const;
  [[nodiscard]] http::Response keys() const;
  [[nodiscard]] http::Response revoke(const std::string& name) const;

  mutable std::mutex mutex;
  std::array<std::uint8_t, 16> authorization;  // guarded by mutex
  const AdminCalls calls;
  http::Loop loop;
  std::unique_ptr<http::Server> server;
  std::thread thread;
};

http::Response AdminServer::Impl::answer(const http::Request& request) const {
  const bool once = http::count_headers(request.headers, "authorization") == 1;
  const auto shown = blake2b_128(http::find_header(request.headers, "authorization"));
  if (!equal_in_constant_time(shown, authorization_now()) || !once) {
    auto response = error_response(401, "invalid_admin_token",
                                   "send the admin token, as `Authorization: Bearer TOKEN`");
    response.headers.push_back({"www-authenticate", "Bearer"});
    return response;
  }
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = target.substr(std::min(path.size() + 1, target.size()));
  const std::string_view method = method_of(path);
  if (method.empty()) {
    return error_response(404, "unknown_route",
                          "there are GET /admin/receipts, POST /admin/reload, GET /admin/keys, "
                          "POST /admin/keys/NAME/revoke and GET /metrics");
  }
  if (request.method != method) {
    auto response = error_response(
        405, "method_not_allowed",
        fmt::format("{} does not take {}; use {}", path, request.method.substr(0, 16), method));
    response.headers.push_back({"allow", std::string(method)});
    return response;
  }
  if (path == kReceiptsPath) return receipts(query);
  if (path == kReloadPath) return reload();
  if (path == kKeysPath) return keys();
  if (path == kMetricsPath) return metrics_response(calls.metrics());
  return revoke(http::percent_decoded(revoked_name(path)));
}

http::Response AdminServer::Impl::receipts(std::string_view query) const {
  const auto count = count_of(query);
  if (!count) {
    return error_response(400, "invalid_count",
                          "write /admin/receipts?count=N, with N from 0 to 1000");
  }
  const auto found = calls.receipts(*count);
  if (!found) return error_of(found.error());
  std::string body = R"({"receipts":[)";
  for (const Receipt& receipt : *found) {
    if (body.back() != '[') body += ',';
    body += store::receipt_line(receipt);
  }
  return json_response(200, body + "]}");
}

http::Response AdminServer::Impl::reload() const {
  const auto changed = calls.reload();
  // Whatever is wrong: a file that is not there is no route that is not there.
  if (!changed) return error_response(422, "refused", changed.error().message);
  return json_response(200, ordered_json{{"changed", *changed}}.dump());
}

http::Response AdminServer::Impl::keys() const {
  const auto found = calls.keys();
  if (!found) return error_of(found.error());
  const SpentByKey spent = calls.spent();
  const UsdByKey charged = calls.charged_after_kills();
  ordered_json list = ordered_json::array();
  for (const ApiKey& key : *found) {
    list.push_back({{"name", key.name},
                    {"created", key.created},
                    {"revoked", key.revoked},
                    {"models", key.models},
                    {"limits", limits_json(key)},
                    {"spent", spent_json(of_key(spent, key.name), of_key(charged, key.name))}});
  }
  return json_response(200, ordered_json{{"keys", list}}.dump());
}

http::Response AdminServer::Impl::revoke(const std::string& name) const {
  const auto revoked = calls.revoke(name);
  if (!revoked) return error_of(revoked.error());
  if (!revoked->not_durable.empty()) {
    // No success: whoever takes it for one has the key back after a restart.
    return error_response(503, "revoked_until_restart",
                          fmt::format("'{}' is refused from now on, but only until this process "
                                      "ends: {}; mend that and revoke it again",
                                      name, revoked->not_durable));
  }
  return json_response(200, ordered_json{{"revoked", name}}.dump());
}

Result<std::unique_ptr<AdminServer>> AdminServer::start(http::ServerOptions server,
                                                        const experts::Secret& token,
                                                        AdminCalls calls) {
  if (auto ok = check_admin_token(token); !ok) return fail(ok.error());
  const auto address = http::parse_listen_address(server.listen);
  if (!address) return fail(address.error());
  if (!http::is_loopback(address->host) && !server.tls) {
    return fail(ErrorCode::permission_denied,
                "the admin surface on {} would send its token through the network unencrypted; "
                "listen on 127.0.0.1, or give [server] a TLS certificate",
                server.listen);
  }
  auto impl = std::make_unique<Impl>(token, std::move(calls));
  http::Loop* const loop = &impl->loop;
  auto started = http::Server::start(
      {&loop, 1}, std::move(server),
      [raw = impl.get()](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
        exchange->send(raw->answer(exchange->request()));
      },
      [](int status, std::string_view code, std::string_view message) {
        return error_response(status, code, message);
      });
  if (!started) return fail(started.error());
  impl->server = std::move(*started);
  impl->thread = std::thread([loop] { loop->run(); });
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

AdminServer::~AdminServer() {
  impl_->loop.stop();
  impl_->thread.join();
}

std::uint16_t AdminServer::port() const { return impl_->server->port(); }

Result<void> AdminServer::reload_tls() { return impl_->server->reload_tls(); }

Result<bool> AdminServer::change_token(const experts::Secret& token) {
  if (auto ok = check_admin_token(token); !ok) return fail(ok.error());
  const auto next = authorization_with(token);
  const std::lock_guard lock(impl_->mutex);
  const bool another = !equal_in_constant_time(next, impl_->authorization);
  impl_->authorization = next;
  return another;
}

}  // namespace ooe::gateway
