#include "experts/http_chat_client.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "experts/anthropic_dialect.h"
#include "experts/retry_after.h"
#include "experts/translated_call.h"

namespace ooe::experts {
namespace {

ChatHead read_head(int status, const http::Headers& headers) {
  return {.status = status,
          .retry_after = parse_retry_after(http::find_header(headers, "retry-after"),
                                           SystemClock().wall_now()),
          .content_type = std::string(http::find_header(headers, "content-type"))};
}

// Azure's paths are known by the version they carry.
std::string key_header_of(const Expert& expert) {
  if (expert.dialect == Dialect::anthropic) return "x-api-key";
  return expert.base_url.find('?') == std::string::npos ? "Authorization" : "api-key";
}

}  // namespace

std::string url_under(std::string_view base_url, std::string_view path) {
  const std::size_t query = std::min(base_url.find('?'), base_url.size());
  std::string url(base_url.substr(0, query));
  while (url.ends_with('/')) url.pop_back();
  url += path;
  url += base_url.substr(query);
  return url;
}

Result<Endpoints> resolve_endpoints(const Catalogue& catalogue) {
  Endpoints endpoints;
  for (const Expert& expert : catalogue.experts()) {
    const bool anthropic = expert.dialect == Dialect::anthropic;
    auto url =
        http::parse_url(url_under(expert.base_url, anthropic ? "/messages" : "/chat/completions"));
    if (!url) return fail(url.error());
    auto key = resolve_key(expert);
    if (!key) return fail(key.error());
    endpoints.emplace(expert.name,
                      Endpoint{std::move(*url), key_header_of(expert), std::move(*key)});
  }
  return endpoints;
}

HttpChatClient::HttpChatClient(http::Loop& loop, std::shared_ptr<const Endpoints> endpoints,
                               http::ClientOptions options)
    : HttpChatClient(loop, std::make_shared<http::Client>(loop, std::move(options)),
                     std::move(endpoints)) {}

HttpChatClient::HttpChatClient(http::Loop& loop, std::shared_ptr<http::Client> client,
                               std::shared_ptr<const Endpoints> endpoints)
    : loop_(loop), client_(std::move(client)), endpoints_(std::move(endpoints)) {}

std::unique_ptr<http::Call> HttpChatClient::start(const Expert& expert, std::string body,
                                                  const ChatDeadlines& deadlines,
                                                  ChatHandlers handlers) {
  const auto endpoint = endpoints_->find(expert.name);
  OOE_CHECK(endpoint != endpoints_->end(), "endpoints and catalogue are of one configuration");
  if (expert.dialect == Dialect::anthropic) {
    auto translated = anthropic_request(body);
    if (!translated) return refused_call(loop_, translated.error().message, std::move(handlers));
    body = std::move(*translated);
    handlers = translating(std::move(handlers));
  }
  http::ClientRequest request{.method = "POST",
                              .url = endpoint->second.url,
                              .headers = {{"Content-Type", "application/json"},
                                          {"Accept", "application/json, text/event-stream"},
                                          {"User-Agent", "ooe/0.1"}},
                              .body = std::move(body),
                              .connect_timeout = deadlines.connect,
                              .head_timeout = deadlines.head,
                              .stall_timeout = deadlines.stall};
  const Secret& key = endpoint->second.key;
  const std::string& header = endpoint->second.key_header;
  if (!key.empty()) {
    const bool bearer = header == "Authorization";
    request.headers.push_back({header, bearer ? "Bearer " + key.reveal() : key.reveal()});
  }
  if (expert.dialect == Dialect::anthropic) {
    request.headers.push_back({"anthropic-version", std::string(kAnthropicVersion)});
  }
  return client_->start(std::move(request), {.on_head =
                                                 [on_head = std::move(handlers.on_head)](
                                                     int status, const http::Headers& headers) {
                                                   on_head(read_head(status, headers));
                                                 },
                                             .on_body = std::move(handlers.on_bytes),
                                             .on_end = std::move(handlers.on_end),
                                             .on_fault = std::move(handlers.on_fault)});
}

}  // namespace ooe::experts
