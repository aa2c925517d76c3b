#include "http/sse.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::http {
namespace {

struct Event {
  std::string data, name;
  bool operator==(const Event&) const = default;
};

struct EventReading {
  std::vector<Event> events;  // without the empty ones
  std::string raw;
  bool failed = false;
  bool inside = false;
};

EventReading read(const std::vector<std::string>& pieces, std::size_t limit = 1000) {
  SseReader reader(limit);
  EventReading reading;
  for (const std::string& piece : pieces) {
    const auto fed = reader.feed(piece, [&](const SseEvent& event) {
      if (!event.data.empty() || !event.name.empty()) {
        reading.events.push_back({std::string(event.data), std::string(event.name)});
      }
      reading.raw += event.raw;
    });
    reading.failed = reading.failed || !fed.has_value();
  }
  // The second half of a CR LF that ended an event is none of the next.
  reading.inside = !reader.unfinished().empty() && reader.unfinished() != "\n";
  return reading;
}

std::string with_line_end(std::string text, std::string_view line_end) {
  std::string out;
  for (const char c : text) c == '\n' ? out.append(line_end) : out.append(1, c);
  return out;
}

TEST(Sse, ReadsTheSameEventsWhereverTheStreamIsCut) {
  const std::string stream =
      "\xEF\xBB\xBF"
      "data: one\n\n"
      ": comment\n\n"
      "event: delta\ndata:two\ndata:  lines\nid: 4\nretry: 5\nnonsense\n\n"
      "\n"
      "data\n\n"
      "data: {\"a\": \"b:c\"}\n\n"
      "data: [DONE]\n\n";
  const std::vector<Event> expected{
      {"one", ""}, {"two\n lines", "delta"}, {"{\"a\": \"b:c\"}", ""}, {"[DONE]", ""}};
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    const std::string bytes = with_line_end(stream, line_end);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      SCOPED_TRACE(::testing::Message() << "cut at " << cut << ", line end of " << line_end.size());
      const EventReading reading = read({bytes.substr(0, cut), bytes.substr(cut)});
      EXPECT_FALSE(reading.failed);
      EXPECT_EQ(reading.events, expected);
      EXPECT_FALSE(reading.inside);
      // A \n cut off from the last \r waits for an event that does not come.
      EXPECT_TRUE(reading.raw == bytes || reading.raw + "\n" == bytes);
    }
    std::vector<std::string> single;
    for (const char c : bytes) single.emplace_back(1, c);
    EXPECT_EQ(read(single).events, expected);
  }
}

TEST(Sse, TellsCommentsAndEmptyEventsByTheirBytes) {
  SseReader reader;
  std::vector<std::string> raws;
  ASSERT_TRUE(reader
                  .feed(": ping\n\n\ndata: x\n\n",
                        [&](const SseEvent& event) { raws.emplace_back(event.raw); })
                  .has_value());
  EXPECT_EQ(raws, (std::vector<std::string>{": ping\n\n", "\n", "data: x\n\n"}));
}

TEST(Sse, KnowsWhenAnEndWouldLoseSomething) {
  EXPECT_FALSE(read({}).inside);
  EXPECT_TRUE(read({"d"}).inside);
  EXPECT_TRUE(read({"data: x\n"}).inside);
  EXPECT_FALSE(read({"data: x\n\n"}).inside);
  EXPECT_FALSE(read({"data: x\r\n\r", "\n"}).inside);
  EXPECT_TRUE(read({"data: x\r\n\r", "\nd"}).inside);
}

TEST(Sse, RefusesAnEventAboveItsLimitAndNotAStreamOfSmallOnes) {
  const std::string small = "data: 12345678\n\n";
  std::string stream;
  for (int i = 0; i < 100; ++i) stream += small;
  EXPECT_FALSE(read({stream}, small.size()).failed);
  EXPECT_TRUE(read({"data: " + std::string(100, 'x')}, 64).failed);
  EXPECT_TRUE(read({"data: " + std::string(100, 'x') + "\n\n"}, 64).failed);
  std::vector<std::string> single(100, "x");
  EXPECT_TRUE(read(single, 64).failed);
}

TEST(Sse, WritesWhatItReads) {
  for (const std::string data : {"", "x", "a\nb", "a\n", "\n", "a\n\nb", " leading"}) {
    SCOPED_TRACE(data);
    SseReader reader;
    std::vector<std::string> datas;
    ASSERT_TRUE(
        reader.feed(sse_event(data), [&](const SseEvent& event) { datas.emplace_back(event.data); })
            .has_value());
    EXPECT_EQ(datas, std::vector<std::string>{data});
  }
  EXPECT_EQ(sse_event("a\r\nb"), "data: a\ndata: b\n\n");
  EXPECT_EQ(sse_comment("ping"), ": ping\n\n");
}

}  // namespace
}  // namespace ooe::http
