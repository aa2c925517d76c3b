#include "experts/http_chat_client.h"

#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "experts/retry_after.h"

namespace ooe::experts {
namespace {

ChatHead read_head(int status, const http::Headers& headers) {
  return {.status = status,
          .retry_after = parse_retry_after(http::find_header(headers, "retry-after"),
                                           SystemClock().wall_now()),
          .content_type = std::string(http::find_header(headers, "content-type"))};
}

}  // namespace

Result<Endpoints> resolve_endpoints(const Catalogue& catalogue) {
  Endpoints endpoints;
  for (const Expert& expert : catalogue.experts()) {
    auto url = http::parse_url(expert.base_url + "/chat/completions");
    if (!url) return fail(url.error());
    auto key = resolve_key(expert);
    if (!key) return fail(key.error());
    endpoints.emplace(expert.name, Endpoint{std::move(*url), std::move(*key)});
  }
  return endpoints;
}

HttpChatClient::HttpChatClient(http::Loop& loop, std::shared_ptr<const Endpoints> endpoints,
                               http::ClientOptions options)
    : HttpChatClient(std::make_shared<http::Client>(loop, std::move(options)),
                     std::move(endpoints)) {}

HttpChatClient::HttpChatClient(std::shared_ptr<http::Client> client,
                               std::shared_ptr<const Endpoints> endpoints)
    : client_(std::move(client)), endpoints_(std::move(endpoints)) {}

std::unique_ptr<http::Call> HttpChatClient::start(const Expert& expert, std::string body,
                                                  const ChatDeadlines& deadlines,
                                                  ChatHandlers handlers) {
  const auto endpoint = endpoints_->find(expert.name);
  OOE_CHECK(endpoint != endpoints_->end(), "endpoints and catalogue are of one configuration");
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
  if (!key.empty()) request.headers.push_back({"Authorization", "Bearer " + key.reveal()});
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
