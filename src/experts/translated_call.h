// A call to an expert of another dialect: its answers are translated on their way in, so that the
// handlers hear OpenAI's dialect. Threads: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "experts/chat_client.h"
#include "http/client.h"
#include "http/loop.h"

namespace ooe::experts {

// Starts a call with handlers that translate what Anthropic's endpoint says and pass it on. A
// stream goes event by event; any other body is held until it is whole, at most kTranslatedBytesMax
// of it.
inline constexpr std::size_t kTranslatedBytesMax = std::size_t{16} << 20U;
using StartHeard = std::function<std::unique_ptr<http::Call>(ChatHandlers)>;
[[nodiscard]] std::unique_ptr<http::Call> translated_call(ChatHandlers handlers,
                                                          const StartHeard& start);

// A call that is over before it begins: the handlers hear a 400 with this reason.
[[nodiscard]] std::unique_ptr<http::Call> refused_call(http::Loop& loop, const std::string& reason,
                                                       ChatHandlers handlers);

}  // namespace ooe::experts
