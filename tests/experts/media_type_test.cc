#include "experts/media_type.h"

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

TEST(MediaType, IsComparedWithoutCaseAndWithoutParameters) {
  for (const char* yes :
       {"text/event-stream", "Text/Event-Stream; charset=utf-8", "TEXT/EVENT-STREAM",
        "text/event-stream;charset=UTF-8", " text/event-stream\t; x=y"}) {
    EXPECT_TRUE(is_event_stream(yes)) << yes;
  }
  for (const char* no : {"", ";", " ", "text/event-streams", "text/event-stream+json", "text/plain",
                         "application/json; of=text/event-stream", "text/event-strea"}) {
    EXPECT_FALSE(is_event_stream(no)) << no;
  }
}

}  // namespace
}  // namespace ooe::experts
