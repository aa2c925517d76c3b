// Reads the events of one stream. Nearly every event of an answer differs from the one before in
// nothing but the text of its first choice: such a one is compared instead of parsed, at a
// twentieth of the cost. What it says is the same, always: a test and a fuzz target compare.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "experts/openai_dialect.h"

namespace ooe::experts {

class StreamEventReader {
 public:
  // As parse_stream_event().
  [[nodiscard]] Result<StreamEvent> read(std::string_view data);

 private:
  void remember(std::string_view data, const StreamEvent& event);

  // The last event that said nothing but a text of the first choice, the value of its only
  // "content": its JSON up to and from the quotes around it. Empty: there was none.
  std::string around_;
  std::size_t cut_ = 0;  // where the text stood
};

}  // namespace ooe::experts
