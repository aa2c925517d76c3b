#include "experts/half_pairs.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "experts/anthropic_dialect.h"
#include "experts/openai_dialect.h"
#include "experts/stream_watcher.h"

namespace ooe::experts {
namespace {

TEST(HalfPairs, AreReplacedAndNothingElseIs) {
  for (const auto& [json, mended] : {std::pair{R"("\ud83d")", R"("\ufffd")"},
                                     {R"("\uDE00")", R"("\ufffd")"},
                                     {R"("\ud83d\ud83d\ude00")", R"("\ufffd\ud83d\ude00")"},
                                     {R"("\ud83d\ude00\ude00")", R"("\ud83d\ude00\ufffd")"},
                                     {R"("\\\ud83dx")", R"("\\\ufffdx")"},
                                     {R"("\ud83d\n\ude00")", R"("\ufffd\n\ufffd")"},
                                     {R"("\ud83d\\ude00")", R"("\ufffd\\ude00")"}}) {
    EXPECT_EQ(without_half_pairs(json), mended);
  }
  for (const char* whole : {"", "\\", "\"\\", R"("\\ud83d")", R"("\ud83d\ude00")", R"("\ud83")",
                            R"("\u00e9\n")", R"("\ud8zz")", R"("\u-d83")"}) {
    EXPECT_EQ(without_half_pairs(whole), std::nullopt) << whole;
  }
}

// Bytes pass through as they are, whatever we read in them.
TEST(HalfPairs, BreakNoStream) {
  const auto chunk = [](const std::string& text) {
    return R"(data: {"choices":[{"index":0,"delta":{"content":")" + text + "\"}}]}\n\n";
  };
  const std::string stream = chunk("smile ") + chunk(R"(\ud83d)") + chunk(R"(\ude00)") +
                             "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":"
                             "\"stop\"}]}\n\n";
  StreamWatcher watcher(false);
  const StreamProgress progress = watcher.feed(stream + "data: [DONE]\n\n");
  EXPECT_FALSE(progress.broken.has_value());
  EXPECT_EQ(progress.forward, stream);
  EXPECT_TRUE(watcher.complete());
  EXPECT_EQ(watcher.content_bytes(), 6U + 3U + 3U);
}

TEST(HalfPairs, BreakNoAnswer) {
  const auto answer = parse_answer(R"({"choices":[{"message":{"content":"so \ud83d"}}]})");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->text, "so \uFFFD");
  EXPECT_FALSE(parse_answer(R"({"choices":[{"message":{"content":"so \ud83d)").has_value());
  EXPECT_TRUE(
      openai_completion(R"({"type":"message","content":[{"type":"text","text":"\ud83d"}]})", 0)
          .has_value());
  AnthropicStream stream(0);
  ASSERT_TRUE(stream.take(R"({"type":"message_start","message":{"id":"m","model":"c"}})"));
  EXPECT_TRUE(stream.take(
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ude00"}})"));
}

}  // namespace
}  // namespace ooe::experts
