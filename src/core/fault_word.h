// The words of Attempt::fault say why a call of an expert came to nothing. docs/http.md explains
// them to clients, and metrics and stores keep them, so a word never changes. In: words. Out: whose
// fault each is. Knows: base.
#pragma once

#include <string>
#include <string_view>

namespace ooe {

namespace fault_word {

// The client of HTTP says these. Its room does not know this one and has them in
// http::to_string(Fault); tests/experts/expert_gate_test.cc compares the two.
inline constexpr std::string_view kResolve = "resolve";
inline constexpr std::string_view kConnect = "connect";
inline constexpr std::string_view kNoSocket = "no_socket";
inline constexpr std::string_view kTls = "tls";
inline constexpr std::string_view kHeadTimeout = "head_timeout";
inline constexpr std::string_view kMalformed = "malformed";
inline constexpr std::string_view kStalled = "stalled";  // also of a stream whose content stops
inline constexpr std::string_view kCut = "cut";

// The expert answered with a status: see http() below for all others.
inline constexpr std::string_view kHttp403 = "http_403";
inline constexpr std::string_view kHttp429 = "http_429";
inline constexpr std::string_view kModerated = "moderated";  // a 403 about this request alone
inline constexpr std::string_view kUnpaid = "unpaid";        // the operator owes the expert money

// The answer is of no use.
inline constexpr std::string_view kWrongContentType = "wrong_content_type";
inline constexpr std::string_view kMalformedBody = "malformed_body";
inline constexpr std::string_view kMalformedEvent = "malformed_event";
inline constexpr std::string_view kErrorEvent = "error_event";
inline constexpr std::string_view kEncoded = "encoded";  // in a content-encoding, unasked
inline constexpr std::string_view kEncodedGzip = "encoded_gzip";
inline constexpr std::string_view kEncodedDeflate = "encoded_deflate";
inline constexpr std::string_view kEncodedBr = "encoded_br";
inline constexpr std::string_view kEncodedZstd = "encoded_zstd";
inline constexpr std::string_view kTooLongToRestore = "too_long_to_restore";
inline constexpr std::string_view kDeferred = "deferred";  // the answer is the deferral tag

// The session lost patience.
inline constexpr std::string_view kFirstTokenTimeout = "first_token_timeout";
inline constexpr std::string_view kWordless = "wordless";  // the stream fills memory, says nothing
inline constexpr std::string_view kTooSlow = "too_slow";

// The expert was not asked.
inline constexpr std::string_view kDialect = "dialect";  // it cannot be told such a request
inline constexpr std::string_view kBreakerOpen = "breaker_open";

// The gateway or its client ended the call.
inline constexpr std::string_view kHedgeLost = "hedge_lost";
inline constexpr std::string_view kClientGone = "client_gone";
inline constexpr std::string_view kDeadline = "deadline";
inline constexpr std::string_view kShutDown = "shut_down";

// Returns the word of an answer with this status, "http_503".
[[nodiscard]] std::string http(int status);

}  // namespace fault_word

// Whose fault a call's end is. Breakers, limits and the last word of a session depend on it.
enum class Blame {
  nobody,    // the call was answered
  request,   // a well expert objected to the request or handed it on
  dialect,   // the request cannot be said in the expert's dialect: nobody has judged it
  ours,      // the gateway, its machine or its client: nothing was learnt of the expert
  rate,      // too many requests at a time
  slowness,  // nothing came in time: the expert is ill, or such requests take so long
  expert,    // all else, unknown words included
};

// Requires: `fault` is of a receipt's attempt; empty, it is an answer.
[[nodiscard]] Blame blame_of(std::string_view fault);

}  // namespace ooe
