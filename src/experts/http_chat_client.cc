#include "experts/http_chat_client.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/version.h"
#include "experts/anthropic_dialect.h"
#include "experts/retry_after.h"
#include "experts/translated_call.h"

namespace ooe::experts {
namespace {

// What an operator gave the call for a name; the first of the headers that has one.
std::string request_id_of(const http::Headers& headers) {
  constexpr std::size_t kIdBytesMax = 128;
  for (const char* name : {"x-request-id", "request-id", "apim-request-id"}) {
    const std::string_view told = http::find_header(headers, name);
    if (told.empty()) continue;
    std::string id;
    std::ranges::copy_if(told.substr(0, kIdBytesMax), std::back_inserter(id),
                         [](char c) { return c > ' ' && c <= '~'; });
    return id;
  }
  return {};
}

std::string encoding_of(const http::Headers& headers) {
  constexpr std::size_t kEncodingBytesMax = 32;
  const std::string_view told = http::find_header(headers, "content-encoding");
  if (told.empty()) return {};  // nearly always
  std::string encoding = ascii_lower(told.substr(0, kEncodingBytesMax));
  std::ranges::replace_if(
      encoding, [](char c) { return !is_alnum(c) && c != '-'; }, '?');
  // Some servers write a charset there, or "none". Their body is read as if they had written
  // nothing.
  constexpr std::array<std::string_view, 5> kCodings{"gzip", "deflate", "compress", "br", "zstd"};
  const bool is_coded = std::ranges::any_of(kCodings, [&](std::string_view coding) {
    return encoding.find(coding) != std::string::npos;
  });
  return is_coded ? encoding : std::string();
}

ChatHead read_head(int status, const http::Headers& headers, const Clock& clock) {
  ChatHead head{.status = status,
                .retry_after = std::nullopt,
                .content_type = std::string(http::find_header(headers, "content-type")),
                .encoding = encoding_of(headers),
                .request_id = request_id_of(headers)};
  if (status == 429 || status >= 500) {
    head.retry_after = parse_retry_after_ms(http::find_header(headers, "retry-after-ms"));
    if (!head.retry_after || head.retry_after->count() == 0) {
      head.retry_after =
          parse_retry_after(http::find_header(headers, "retry-after"), clock.wall_now());
    }
  }
  return head;
}

// Azure's paths are known by the version they carry.
std::string key_header_of(const Expert& expert) {
  if (expert.dialect == Dialect::anthropic) return "x-api-key";
  return expert.base_url.find('?') == std::string::npos ? "Authorization" : "api-key";
}

http::Headers headers_for(const Expert& expert, const Endpoint& endpoint) {
  http::Headers headers{{"content-type", "application/json"},
                        {"accept", "application/json, text/event-stream"},
                        {"user-agent", "ooe/" + std::string(kVersion)}};
  std::ranges::move(credentials_of(expert, endpoint), std::back_inserter(headers));
  return headers;
}

std::unique_ptr<http::Call> start_at(http::Client& client, const Clock& clock,
                                     const Endpoint& endpoint, std::size_t replica,
                                     http::ClientRequest request, ChatHandlers handlers) {
  request.url = endpoint.urls[replica];
  request.prepared = endpoint.heads[replica];
  return client.start(std::move(request), {.on_body = std::move(handlers.on_bytes),
                                           .on_sent = std::move(handlers.on_sent),
                                           .on_unsent = std::move(handlers.on_unsent),
                                           .on_head =
                                               [&clock, on_head = std::move(handlers.on_head)](
                                                   int status, const http::Headers& headers) {
                                                 on_head(read_head(status, headers, clock));
                                               },
                                           .on_end = std::move(handlers.on_end),
                                           .on_fault = std::move(handlers.on_fault)});
}

// Returns the limit for a request that sets none, in Anthropic's dialect, which refuses more than
// the context leaves. A token is taken to have three bytes or more. A body with images, which have
// many bytes, gets the customary limit.
std::int64_t answer_limit(const Expert& expert, std::size_t body_bytes) {
  constexpr std::int64_t kTokenBytesMin = 3;
  const std::int64_t most =
      expert.output_tokens_max > 0 ? expert.output_tokens_max : kAnthropicMaxTokens;
  if (expert.context_tokens == 0) return most;
  const std::int64_t left =
      expert.context_tokens - static_cast<std::int64_t>(body_bytes) / kTokenBytesMin;
  return std::min(most, std::max(left, kAnthropicMaxTokens));
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

Result<Endpoints> resolve_endpoints(const Catalogue& catalogue, const http::Headers& always) {
  Endpoints endpoints;
  for (const Expert& expert : catalogue.experts()) {
    const bool anthropic = expert.dialect == Dialect::anthropic;
    Endpoint endpoint{.key_header = key_header_of(expert)};
    std::vector<std::string> base_urls{expert.base_url};
    base_urls.insert(base_urls.end(), expert.more_base_urls.begin(), expert.more_base_urls.end());
    for (const std::string& base_url : base_urls) {
      auto url =
          http::parse_url(url_under(base_url, anthropic ? "/messages" : "/chat/completions"));
      if (!url) return fail_about(subject_of(expert), url.error());
      endpoint.urls.push_back(std::move(*url));
    }
    auto key = resolve_key(expert);
    if (!key) return fail(key.error());
    endpoint.key = std::move(*key);
    for (const http::Url& url : endpoint.urls) {
      http::Headers headers = headers_for(expert, endpoint);
      headers.insert(headers.end(), always.begin(), always.end());
      auto head = http::prepare_head({.url = url, .headers = std::move(headers)});
      if (!head) return fail_about(subject_of(expert), head.error());
      endpoint.heads.push_back(std::make_shared<const std::string>(std::move(*head)));
    }
    endpoints.emplace(expert.name, std::move(endpoint));
  }
  return endpoints;
}

http::Headers credentials_of(const Expert& expert, const Endpoint& endpoint) {
  http::Headers headers;
  if (!endpoint.key.empty()) {
    const std::string key = endpoint.key.reveal();
    const bool bearer = endpoint.key_header == "Authorization";
    headers.push_back({endpoint.key_header, bearer ? "Bearer " + key : key});
  }
  if (expert.dialect == Dialect::anthropic) {
    headers.push_back({"anthropic-version", std::string(kAnthropicVersion)});
  }
  return headers;
}

HttpChatClient::HttpChatClient(http::Loop& loop, const Clock& clock,
                               std::shared_ptr<const Endpoints> endpoints,
                               http::ClientOptions options)
    : HttpChatClient(loop, clock, std::make_shared<http::Client>(loop, std::move(options)),
                     std::move(endpoints)) {}

HttpChatClient::HttpChatClient(http::Loop& loop, const Clock& clock,
                               std::shared_ptr<http::Client> client,
                               std::shared_ptr<const Endpoints> endpoints,
                               const HttpChatClient* last)
    : loop_(loop), clock_(clock), client_(std::move(client)), endpoints_(std::move(endpoints)) {
  for (const auto& [name, endpoint] : *endpoints_) {
    if (endpoint.urls.size() < 2) continue;
    if (auto known = last != nullptr ? last->replicas_of(name, endpoint.urls) : nullptr) {
      replicas_.emplace(name, std::move(known));
      continue;
    }
    const auto seed = unique_bytes_128();  // workers that throw the same dice would flock
    replicas_.emplace(name,
                      std::make_shared<ReplicaSet>(endpoint.urls.size(),
                                                   std::uint64_t{seed[0]} << 8U | seed[1], clock));
  }
}

// Returns null unless the expert has just these replicas.
std::shared_ptr<ReplicaSet> HttpChatClient::replicas_of(const std::string& expert,
                                                        const std::vector<http::Url>& urls) const {
  const auto endpoint = endpoints_->find(expert);
  const auto known = replicas_.find(expert);
  const bool same =
      endpoint != endpoints_->end() && known != replicas_.end() && endpoint->second.urls == urls;
  return same ? known->second : nullptr;
}

void HttpChatClient::wake_replicas(const std::string& expert) {
  const auto known = replicas_.find(expert);
  if (known != replicas_.end()) known->second->replicas.wake();
}

std::unique_ptr<http::Call> HttpChatClient::start_with(http::Headers headers, const Expert& expert,
                                                       std::string body,
                                                       const ChatDeadlines& deadlines,
                                                       ChatHandlers handlers) {
  const auto endpoint = endpoints_->find(expert.name);
  OOE_CHECK(endpoint != endpoints_->end(), "endpoints and catalogue are of one configuration");
  http::ClientRequest request{.headers = std::move(headers),
                              .body = std::move(body),
                              .connect_timeout = deadlines.connect,
                              .head_timeout = deadlines.head,
                              .stall_timeout = deadlines.stall};
  if (expert.dialect != Dialect::anthropic) {
    return start_on_replica(expert, endpoint->second, std::move(request), std::move(handlers));
  }
  auto translated = anthropic_request(request.body, answer_limit(expert, request.body.size()));
  if (!translated) return refused_call(loop_, translated.error().message, std::move(handlers));
  request.body = std::move(*translated);
  return translated_call(std::move(handlers), [&](ChatHandlers heard) {
    return start_on_replica(expert, endpoint->second, std::move(request), std::move(heard));
  });
}

std::unique_ptr<http::Call> HttpChatClient::start_on_replica(const Expert& expert,
                                                             const Endpoint& place,
                                                             http::ClientRequest request,
                                                             ChatHandlers handlers) {
  if (place.urls.size() == 1) {
    return start_at(*client_, clock_, place, 0, std::move(request), std::move(handlers));
  }
  // What starts later starts on the same endpoints, whatever a reload has brought since.
  return replicated_call(
      replicas_.at(expert.name),
      [client = client_, &clock = clock_, endpoints = endpoints_, &place,
       request = std::move(request)](std::size_t replica, ChatHandlers heard) {
        return start_at(*client, clock, place, replica, request, std::move(heard));
      },
      std::move(handlers));
}

}  // namespace ooe::experts
