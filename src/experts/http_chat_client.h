// ChatClient over HTTP: POST base_url/chat/completions, with the expert's key. One per loop; the
// endpoints are resolved once and shared. Faults of the transport pass through untouched. Callers
// speak OpenAI's dialect; for an expert of Anthropic's, requests and answers are translated here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "experts/catalogue.h"
#include "experts/chat_client.h"
#include "experts/key.h"
#include "experts/replicated_call.h"
#include "http/client.h"
#include "http/loop.h"

namespace ooe::experts {

// Where an expert's calls go, and the key they carry.
struct Endpoint {
  // One a replica; `path` ends in /chat/completions or /messages, and its query if any.
  std::vector<http::Url> urls = {};
  std::string key_header = {};  // "Authorization", "x-api-key" (Anthropic) or "api-key" (Azure)
  Secret key = {};
  // [urls] What every request to it begins with (http::prepare_head). Holds the key.
  std::vector<std::shared_ptr<const std::string>> heads = {};
};

// Returns the path of a call under the expert's base URL, its query kept behind it:
// ".../deployments/gpt-4o?api-version=2024-10-21" and "/chat/completions" make
// ".../deployments/gpt-4o/chat/completions?api-version=2024-10-21".
[[nodiscard]] std::string url_under(std::string_view base_url, std::string_view path);
using Endpoints = std::unordered_map<std::string, Endpoint>;  // by expert name

// `always`: headers that go with every request. Errors: as resolve_key(), for the first expert
// without its key.
[[nodiscard]] Result<Endpoints> resolve_endpoints(const Catalogue& catalogue,
                                                  const http::Headers& always = {});

// What tells its server who asks: the key, where there is one, and what else its dialect wants to
// know with it. Every request has them.
[[nodiscard]] http::Headers credentials_of(const Expert& expert, const Endpoint& endpoint);

// Threads: the loop's only; the endpoints may be shared between loops. Requires: the clock outlives
// the calls, too.
class HttpChatClient final : public ChatClient {
 public:
  HttpChatClient(http::Loop& loop, const Clock& clock, std::shared_ptr<const Endpoints> endpoints,
                 http::ClientOptions options = {});

  // On a client that others use too: the connections are common, the endpoints are not. What `last`
  // has learnt about replicas that stay goes on. Requires: the client is the loop's.
  HttpChatClient(http::Loop& loop, const Clock& clock, std::shared_ptr<http::Client> client,
                 std::shared_ptr<const Endpoints> endpoints, const HttpChatClient* last = nullptr);

  // Requires: an expert of the endpoints.
  [[nodiscard]] std::unique_ptr<http::Call> start_with(http::Headers headers, const Expert& expert,
                                                       std::string body,
                                                       const ChatDeadlines& deadlines,
                                                       ChatHandlers handlers) override;

  // The expert has changed, its key perhaps: none of its replicas is left alone any longer because
  // it asked for that before.
  void wake_replicas(const std::string& expert);

 private:
  [[nodiscard]] std::shared_ptr<ReplicaSet> replicas_of(const std::string& expert,
                                                        const std::vector<http::Url>& urls) const;
  [[nodiscard]] std::unique_ptr<http::Call> start_on_replica(const Expert& expert,
                                                             const Endpoint& place,
                                                             http::ClientRequest request,
                                                             ChatHandlers handlers);

  http::Loop& loop_;
  const Clock& clock_;
  std::shared_ptr<http::Client> client_;
  std::shared_ptr<const Endpoints> endpoints_;
  std::unordered_map<std::string, std::shared_ptr<ReplicaSet>> replicas_;  // where there are any
};

}  // namespace ooe::experts
