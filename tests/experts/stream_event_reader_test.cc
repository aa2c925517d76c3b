#include "experts/stream_event_reader.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

void expect_equal(const Result<StreamEvent>& read, const Result<StreamEvent>& parsed) {
  ASSERT_EQ(read.has_value(), parsed.has_value());
  if (!read) {
    EXPECT_EQ(read.error().code, parsed.error().code);
    EXPECT_EQ(read.error().message, parsed.error().message);
    return;
  }
  EXPECT_EQ(read->done, parsed->done);
  EXPECT_EQ(read->has_content, parsed->has_content);
  EXPECT_EQ(read->first_speaks, parsed->first_speaks);
  EXPECT_EQ(read->has_choices, parsed->has_choices);
  EXPECT_EQ(read->text, parsed->text);
  EXPECT_EQ(read->reasoning, parsed->reasoning);
  EXPECT_EQ(read->finish_reason, parsed->finish_reason);
  EXPECT_EQ(read->content_bytes, parsed->content_bytes);
  EXPECT_EQ(read->spoke, parsed->spoke);
  EXPECT_EQ(read->ended, parsed->ended);
  EXPECT_EQ(read->says_nothing, parsed->says_nothing);
  EXPECT_EQ(read->usage_unreadable, parsed->usage_unreadable);
  ASSERT_EQ(read->usage.has_value(), parsed->usage.has_value());
  EXPECT_EQ(read->usage.value_or(TokenCounts{}).output,
            parsed->usage.value_or(TokenCounts{}).output);
}

// Pieces that events are made of, and some that are there to deceive.
std::string any_event(std::mt19937_64& random) {
  const auto one_of = [&](const std::vector<std::string>& choices) {
    return choices[random() % choices.size()];
  };
  const std::string text =
      one_of({"a", "b", " word", "", R"(\n)", R"(\")", "\"", "\\", "é", "\x01", "content",
              R"(","content":"x)", "a\xff", "longer than what fits into a small string"});
  const std::string content = one_of({
      R"("content":")" + text + "\"",
      R"("content":")" + text + "\"",
      R"("content":")" + text + "\"",
      R"("content": ")" + text + "\"",
      R"("cont\u0065nt":"a","content":")" + text + "\"",
      R"("content":"a","content":")" + text + "\"",
      R"("content":null,"refusal":")" + text + "\"",
      R"("reasoning_content":")" + text + "\"",
      R"("content":[{"text":")" + text + "\"}]",
      R"("role":"content","content":")" + text + "\"",
  });
  const std::string delta = one_of({"", R"("role":"assistant",)"}) + content;
  const std::string behind = one_of({
      "",
      "",
      R"(,"finish_reason":null)",
      R"(,"finish_reason":"stop")",
      R"(,"logprobs":{"content":[]})",
      R"(,"message":{"content":")" + text + "\"}",
  });
  const std::string choice =
      R"({"index":)" + one_of({"0", "0", "0", "1"}) + R"(,"delta":{)" + delta + "}" + behind + "}";
  return R"({"id":"x","choices":[)" + choice + "]" +
         one_of({"", "", R"(,"usage":null)", R"(,"usage":{"completion_tokens":3})",
                 R"(,"usage":{"completion_tokens":-3,"prompt_tokens":1})", ",",
                 R"(,"error":{"message":"content"})"}) +
         "}";
}

TEST(StreamEventReader, SaysWhatTheParserSaysWhateverCameBefore) {
  std::mt19937_64 random(7);
  for (int stream = 0; stream < 3'000; ++stream) {
    StreamEventReader reader;
    for (int i = 0; i < 12; ++i) {
      std::string event = any_event(random);
      if (random() % 8 == 0) event[random() % event.size()] = static_cast<char>(random() % 128);
      SCOPED_TRACE(event);
      expect_equal(reader.read(event), parse_stream_event(event));
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(StreamEventReader, TakesTheTextOfEventsThatDifferInNothingElse) {
  const auto event = [](const std::string& text) {
    return R"({"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" +
           text + R"("},"finish_reason":null}],"usage":{"prompt_tokens":1,"completion_tokens":2}})";
  };
  StreamEventReader reader;
  std::string said;
  for (const std::string text : {"The", " quick", " brown", R"( \"fox\")", " é", " jumps"}) {
    const auto read = reader.read(event(text));
    expect_equal(read, parse_stream_event(event(text)));
    said += read->text;
  }
  EXPECT_EQ(said, "The quick brown \"fox\" é jumps");
}

}  // namespace
}  // namespace ooe::experts
