// The way out of a chat request: a client's body as an expert is to get it. Only `model` and
// `stream_options` are ever rewritten, and for an expert with `redact = true` what it may not see
// (redaction.h). In: a parsed request. Out: bytes. Knows: chat_request, redaction.
#pragma once

#include <string>

#include "core/expert.h"
#include "gateway/chat_request.h"

namespace ooe::gateway {

// Returns the body for an expert: its own model name, and for a stream `include_usage`, so that the
// bill is exact; with `redacted` also its replacements. Every other byte is the client's.
[[nodiscard]] std::string body_for_expert(const ChatRequest& request, const Expert& expert,
                                          bool redacted = false);

}  // namespace ooe::gateway
