// What can happen to one live request, and what to do next. The session (orchestrator/session.h) is
// a function from the first to the second; sockets produce the events and carry out the actions,
// and so does the simulator in tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "core/expert.h"
#include "core/prediction.h"

namespace ooe {

// Which of a session's calls is meant: 0 for the first, counting up.
using CallNumber = std::uint32_t;

// Why an expert said that the request itself is wrong, as far as its words tell. `dialect`: it
// cannot be said in the expert's, which whoever translates found out; nothing was sent. `unpaid`:
// it is not the request, but the operator's bill.
enum class Objection { other, context_too_long, content_filter, dialect, unpaid };

// Whether a status of HTTP says success.
[[nodiscard]] constexpr bool is_success(int status) { return status >= 200 && status < 300; }

namespace event {

struct Started {};
struct Predicted {
  std::vector<Prediction> predictions;  // [n_experts], the catalogue's order
};
// The request has left, whole: from now on the expert may be at work.
struct UpstreamSent {
  CallNumber call = 0;
};
// Whoever had it has not worked on it, and it is on its way again: to another place where the
// expert stands, or over another connection.
struct UpstreamUnsent {
  CallNumber call = 0;
};
struct UpstreamHead {
  CallNumber call = 0;
  int status = 0;
  bool event_stream = false;  // the body is text/event-stream
  std::optional<std::chrono::seconds> retry_after;
};
// More of the body has been added to what is held of this call.
struct UpstreamBytes {
  CallNumber call = 0;
  std::size_t bytes_held = 0;
  std::size_t content_bytes = 0;     // of this call so far: what a reader would see
  std::optional<TokenCounts> usage;  // as soon as the expert has said
  bool undecided = false;            // it may yet be a deferral tag: nothing is to be seen
};
// The answer begins with the deferral tag: another expert is to give it. What more comes from this
// call is for the bill only.
struct Deferred {
  CallNumber call = 0;
};
// The body is whole by its framing and, for a stream, by its [DONE]. `objection` is of a body that
// says the request is wrong.
struct UpstreamEnd {
  CallNumber call = 0;
  std::size_t content_bytes = 0;
  std::optional<TokenCounts> usage;
  Objection objection = Objection::other;
};
// The call failed; `fault` is the word for the receipt. Nothing more comes from this call.
// `content_bytes` and `usage`: of all that came, where UpstreamBytes said something else.
struct UpstreamFault {
  CallNumber call = 0;
  std::string fault;
  std::optional<std::size_t> content_bytes = {};
  std::optional<TokenCounts> usage = {};
};
struct ClientGone {};
struct ShutDown {};  // the process goes down before this request is through
// A time asked for by WakeAt has come.
struct Tick {
  bool may_hedge = false;  // the budget of extra calls has room for one
  bool unread = false;     // a slow client keeps the voice from being read
};

}  // namespace event

using Event =
    std::variant<event::Started, event::Predicted, event::UpstreamSent, event::UpstreamUnsent,
                 event::UpstreamHead, event::UpstreamBytes, event::Deferred, event::UpstreamEnd,
                 event::UpstreamFault, event::ClientGone, event::ShutDown, event::Tick>;

namespace action {

struct Predict {};
struct CallExpert {
  CallNumber call = 0;
  ExpertId expert;
  bool hedge = false;  // beside a running call: counts against the budget of extra calls
};
struct CancelCall {  // no event of this call comes any more
  CallNumber call = 0;
};
struct DropHeld {  // forget what this expert said
  CallNumber call = 0;
};
struct SendHead {  // the commit point: from here on one voice only, this call's
  CallNumber call = 0;
  int status = 200;
};
struct SendHeld {};  // pass on, and forget, what is held of the voice
struct EndBody {};   // the clean end
struct SendWhole {   // head, what is held and the clean end in one; `status` is the expert's
  CallNumber call = 0;
  int status = 200;
};
struct SendError {  // instead of an answer; nothing has been sent
  int status = 503;
  std::string code;  // stable, see docs/http.md
  std::string message;
  std::optional<std::chrono::seconds> retry_after;
};
struct BreakBody {  // after the commit point: an error event, then broken framing
  std::string code;
  std::string message;
};
struct WakeAt {
  TimePoint time;
};
struct FileReceipt {};  // the session is over; its receipt is complete

}  // namespace action

using Action =
    std::variant<action::Predict, action::CallExpert, action::CancelCall, action::DropHeld,
                 action::SendHead, action::SendHeld, action::EndBody, action::SendWhole,
                 action::SendError, action::BreakBody, action::WakeAt, action::FileReceipt>;

}  // namespace ooe
