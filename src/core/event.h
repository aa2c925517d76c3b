// What can happen to one live request, and what to do next. The session (orchestrator/session.h) is
// a function from the first to the second; sockets produce the events and carry out the actions,
// and so does the simulator in tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "core/expert.h"
#include "core/prediction.h"

namespace ooe {

namespace event {

struct Started {};
struct Predicted {
  std::vector<Prediction> predictions;  // [n_experts], the catalogue's order
};
struct PredictTimedOut {};
struct UpstreamHead {
  int status = 0;
  bool event_stream = false;  // the body is text/event-stream
  std::optional<std::chrono::seconds> retry_after;
};
// More of the body has been added to what is held.
struct UpstreamBytes {
  std::size_t bytes_held = 0;
  std::size_t content_bytes = 0;     // of this call so far: what a reader would see
  std::optional<TokenCounts> usage;  // as soon as the expert has said
};
// The body is whole by its framing and, for a stream, by its [DONE].
struct UpstreamEnd {
  std::size_t content_bytes = 0;
  std::optional<TokenCounts> usage;
};
// The call failed; `fault` is the word for the receipt. Nothing more comes from this call.
struct UpstreamFault {
  std::string fault;
};
struct ClientGone {};
struct ShutDown {};  // the process goes down before this request is through
struct Tick {};      // a time asked for by WakeAt has come

}  // namespace event

using Event = std::variant<event::Started, event::Predicted, event::PredictTimedOut,
                           event::UpstreamHead, event::UpstreamBytes, event::UpstreamEnd,
                           event::UpstreamFault, event::ClientGone, event::ShutDown, event::Tick>;

namespace action {

struct Predict {};
struct CallExpert {
  ExpertId expert;
};
struct CancelCall {};  // no event of this call comes any more
struct DropHeld {};    // forget what the failed expert said
struct SendHead {      // the commit point: from here on one voice only
  int status = 200;
};
struct SendHeld {};  // pass on, and forget, what is held
struct EndBody {};   // the clean end
struct SendWhole {   // head, what is held and the clean end in one; `status` is the expert's
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
