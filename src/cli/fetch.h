// One request, one answer, waited for: for commands that look at servers once.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "core/expert.h"
#include "experts/chat_client.h"
#include "http/client.h"
#include "http/loop.h"

namespace ooe::cli {

struct Fetched {
  int status = 0;
  std::string content_type;
  std::string body;   // at most kFetchedBytesMax
  std::string fault;  // why there is no whole answer; empty when there is
};

inline constexpr std::size_t kFetchedBytesMax = std::size_t{4} << 20U;

// Both run the loop until the answer is there or `patience` is over.
[[nodiscard]] Fetched get(http::Loop& loop, const http::Url& url, http::Headers headers,
                          std::chrono::milliseconds patience);
[[nodiscard]] Fetched post_chat(http::Loop& loop, experts::ChatClient& client, const Expert& expert,
                                std::string body, std::chrono::milliseconds patience);

}  // namespace ooe::cli
