#include "experts/stream_watcher.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

const std::string kRole =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n";
const std::string kComment = ": keep-alive\r\n\r\n";
const std::string kHello =
    "data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\r\n\r\n";
const std::string kThere =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo \u00e9\"}}]}\n\n";
const std::string kFinish =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const std::string kUsageEvent =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\n";
const std::string kDone = "data: [DONE]\n\n";
const std::string kError = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
const std::string kBad = "data: {\"choices\":[{\"del\n\n";

struct Outcome {
  std::string forward;
  std::string before_content;  // what had been forwarded when the first content came
  int firsts = 0;
  int dones = 0;
  std::optional<Error> broken;
};

Outcome feed_in_pieces(StreamWatcher& watcher, std::string_view stream, std::size_t cut) {
  Outcome outcome;
  const auto take = [&](std::string_view piece) {
    const bool silent = watcher.content_bytes() == 0;
    StreamProgress progress = watcher.feed(piece);
    if (silent && watcher.content_bytes() > 0) {
      ++outcome.firsts;
      outcome.before_content = outcome.forward;
    }
    outcome.forward += progress.forward;
    outcome.dones += progress.done ? 1 : 0;
    if (progress.broken) outcome.broken = progress.broken;
  };
  take(stream.substr(0, cut));
  take(stream.substr(cut));
  return outcome;
}

TEST(StreamWatcher, ForwardsUntouchedBytesHoweverTheStreamIsCut) {
  const std::string shown = kRole + kComment + kHello + kThere + kFinish;
  const std::string stream = shown + kUsageEvent + kDone;
  for (const bool wants_usage : {false, true}) {
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      SCOPED_TRACE(cut);
      StreamWatcher watcher(wants_usage);
      const Outcome outcome = feed_in_pieces(watcher, stream, cut);
      ASSERT_EQ(outcome.forward, wants_usage ? shown + kUsageEvent : shown);
      ASSERT_EQ(outcome.firsts, 1);
      ASSERT_LE(outcome.before_content.size(), kRole.size() + kComment.size());
      ASSERT_EQ(outcome.dones, 1);
      ASSERT_FALSE(outcome.broken.has_value());
      ASSERT_TRUE(watcher.complete());
      ASSERT_EQ(watcher.content_bytes(), 8U);
      ASSERT_TRUE(watcher.usage().has_value());
      ASSERT_EQ(watcher.usage()->output, 4);
    }
  }
}

TEST(StreamWatcher, TakesAStreamByteByByte) {
  const std::string shown = kRole + kHello + kThere + kFinish;
  StreamWatcher watcher(false);
  std::string forward;
  for (const char byte : shown + kUsageEvent + kDone) {
    forward += watcher.feed(std::string_view(&byte, 1)).forward;
  }
  EXPECT_EQ(forward.substr(0, shown.size()), shown);
  EXPECT_TRUE(watcher.complete());
}

TEST(StreamWatcher, StopsAtTroubleWithWhatWasGoodBefore) {
  struct Case {
    std::string trouble;
    ErrorCode code;
  };
  for (const auto& [trouble, code] :
       {Case{kBad, ErrorCode::corrupt}, Case{kError, ErrorCode::unavailable},
        Case{"data: " + std::string(2U << 20U, 'x'), ErrorCode::resource_exhausted}}) {
    StreamWatcher watcher(false);
    const StreamProgress progress = watcher.feed(kRole + kHello + trouble + kThere + kDone);
    ASSERT_TRUE(progress.broken.has_value());
    EXPECT_EQ(progress.broken->code, code);
    EXPECT_FALSE(progress.done);
    EXPECT_EQ(progress.forward, kRole + kHello);
    const StreamProgress later = watcher.feed(kThere + kDone);
    EXPECT_TRUE(later.forward.empty());
    EXPECT_FALSE(later.done || later.broken.has_value() || watcher.complete());
  }
}

TEST(StreamWatcher, IsIncompleteWithoutDone) {
  StreamWatcher watcher(false);
  EXPECT_FALSE(watcher.feed(kRole + kHello + kFinish + kUsageEvent + "data: [DONE]").done);
  EXPECT_FALSE(watcher.complete());
}

TEST(StreamWatcher, AStreamMayEndRightBehindItsDone) {
  for (const char* done : {"data: [DONE]", "data:[DONE]", "data: [DONE]\n", "data: [DONE]\r\n"}) {
    StreamWatcher watcher(false);
    EXPECT_FALSE(watcher.feed(kHello + done).done);
    EXPECT_TRUE(watcher.end().done) << done;
    EXPECT_TRUE(watcher.complete());
  }
  for (const char* cut : {"", "data: [DON", ": [DONE]", "data: {\"a\": \"[DONE]"}) {
    StreamWatcher watcher(false);
    EXPECT_FALSE(watcher.feed(kHello + cut).done);
    EXPECT_FALSE(watcher.end().done) << cut;
    EXPECT_FALSE(watcher.complete());
  }
}

// Whoever has said why it ends, and whose framing ends, need not say [DONE] besides.
TEST(StreamWatcher, IsWholeWithoutDoneOnceAllWhoSpokeHaveSaidWhyTheyEnd) {
  for (const bool wants_usage : {false, true}) {
    StreamWatcher watcher(wants_usage);
    EXPECT_FALSE(watcher.feed(kRole + kHello + kThere + kFinish + kUsageEvent).done);
    const StreamProgress end = watcher.end();
    EXPECT_TRUE(end.done && watcher.complete());
    EXPECT_EQ(end.forward, wants_usage ? kUsageEvent : "");
    EXPECT_EQ(watcher.usage()->output, 4);
    EXPECT_FALSE(watcher.end().done) << "once";
  }
  StreamWatcher cut(false);
  static_cast<void>(cut.feed(kHello));
  EXPECT_FALSE(cut.end().done || cut.complete());
  const std::string other = "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}\n\n";
  StreamWatcher two(false);
  static_cast<void>(two.feed(kHello + other + kFinish));
  EXPECT_FALSE(two.end().done || two.complete()) << "the other choice has not";
}

// What looks like an end and is a cut.
TEST(StreamWatcher, IsNotWholeBeforeAllThatWasAskedForHasEnded) {
  StreamWatcher one_of_two(false, std::nullopt, 2);
  static_cast<void>(one_of_two.feed(kHello + kFinish));
  EXPECT_FALSE(one_of_two.end().done) << "the other has not begun";
  StreamWatcher goes_on(false);
  static_cast<void>(goes_on.feed(kHello + kFinish + kThere));
  EXPECT_FALSE(goes_on.end().done) << "it speaks behind its end";
  StreamWatcher half(false);
  static_cast<void>(half.feed(kHello + kFinish + "data: {\"choices\":[{\"index\":1,\"del"));
  EXPECT_FALSE(half.end().done || half.complete());
  StreamWatcher error(false);
  static_cast<void>(
      error.feed(kHello + kFinish + "data: {\"error\":{\"message\":\"overloaded\"}}"));
  EXPECT_TRUE(error.end().broken.has_value());
  EXPECT_FALSE(error.complete());
  for (const std::string event :
       {R"({"detail":"CUDA out of memory"})", R"({"type":"error","code":"overloaded"})",
        R"({"message":"worker died"})"}) {
    StreamWatcher other(false);
    EXPECT_TRUE(other.feed(kHello + "data: " + event + "\n\n").broken.has_value()) << event;
  }
}

TEST(StreamWatcher, TakesALastEventWithoutItsEmptyLine) {
  StreamWatcher watcher(false);
  const std::string finish = kFinish.substr(0, kFinish.size() - 2);
  static_cast<void>(watcher.feed(kHello + finish));
  const StreamProgress end = watcher.end();
  EXPECT_TRUE(end.done);
  EXPECT_EQ(end.forward, kFinish);
  for (const std::string& half : {finish.substr(0, finish.size() - 1), std::string("data: [DON")}) {
    StreamWatcher other(false);
    static_cast<void>(other.feed(kHello + half));
    EXPECT_FALSE(other.end().done) << half;
  }
}

TEST(StreamWatcher, EventsOfOtherKindsBreakNothing) {
  const std::string ping = "event: ping\ndata: {}\n\n";
  const std::string ping_too = "data: {\"type\":\"ping\"}\n\n";
  const std::string sources = "data: {\"sources\":[\"a\"]}\n\n";
  StreamWatcher watcher(false);
  const StreamProgress progress =
      watcher.feed(ping + kHello + sources + ping_too + kFinish + kUsageEvent + kDone);
  EXPECT_TRUE(progress.done);
  EXPECT_EQ(progress.forward, kHello + sources + kFinish) << "a client takes a ping for a chunk";
  EXPECT_EQ(watcher.content_bytes(), 3U);
}

TEST(StreamWatcher, AUsageThatCannotBeReadCostsNoAnswer) {
  const std::string wrong =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-9,\"completion_tokens\":4}}\n\n";
  StreamWatcher watcher(false);
  const StreamProgress progress = watcher.feed(kHello + kFinish + wrong + kDone);
  EXPECT_TRUE(progress.done);
  EXPECT_EQ(progress.forward, kHello + kFinish);
  EXPECT_EQ(watcher.usage(), std::nullopt) << "who asked estimates it";
  StreamWatcher later(false);
  static_cast<void>(later.feed(kHello + kUsageEvent + wrong + kFinish + kDone));
  EXPECT_EQ(later.usage(), (TokenCounts{.input = 9, .output = 4, .estimated = true}));
}

TEST(StreamWatcher, TakesSpacesBehindDoneForNothing) {
  StreamWatcher watcher(false);
  EXPECT_TRUE(watcher.feed(kHello + "data: [DONE] \n\n").done);
}

TEST(StreamWatcher, IgnoresWhatFollowsDone) {
  StreamWatcher watcher(false);
  EXPECT_EQ(watcher.feed(kHello + kDone + kBad + kThere).forward, kHello);
  EXPECT_TRUE(watcher.feed(kError).forward.empty());
  EXPECT_TRUE(watcher.complete());
}

TEST(StreamWatcher, EstimatesWhatIsSaidAfterTheLastUsage) {
  StreamWatcher watcher(true);
  EXPECT_EQ(watcher.feed(kRole + kUsageEvent).forward, kRole);
  EXPECT_EQ(watcher.usage(), (TokenCounts{.input = 9, .output = 4}));
  EXPECT_EQ(watcher.feed(kHello + kThere).forward, kHello + kThere);
  EXPECT_EQ(watcher.usage(), (TokenCounts{.input = 9, .output = 4 + 3, .estimated = true}));
  // It is not what the answer took: the client gets none.
  EXPECT_EQ(watcher.feed(kDone).forward, "");
}

TEST(StreamWatcher, BelievesNoUsageOfZeros) {
  const auto usage_chunk = [](const std::string& prompt, const std::string& completion) {
    return R"(data: {"choices":[],"usage":{"prompt_tokens":)" + prompt +
           R"(,"completion_tokens":)" + completion + "}}\n\n";
  };
  const auto usage_of = [](const std::string& stream) {
    StreamWatcher watcher(false);
    const StreamProgress progress = watcher.feed(stream);
    EXPECT_EQ(progress.forward.find("usage"), std::string::npos) << "nobody asked for it";
    return watcher.usage();
  };
  EXPECT_EQ(usage_of(kHello + kFinish + usage_chunk("0", "0") + kDone), std::nullopt);
  EXPECT_EQ(usage_of(kHello + kFinish + usage_chunk("0", "4") + kDone),
            (TokenCounts{.output = 4, .estimated = true}));
  EXPECT_EQ(usage_of(kHello + kFinish + usage_chunk("9", "0") + kDone),
            (TokenCounts{.input = 9, .output = guessed_tokens(3), .estimated = true}));
  EXPECT_EQ(usage_of(kRole + kFinish + usage_chunk("9", "0") + kDone), (TokenCounts{.input = 9}));
  EXPECT_EQ(usage_of(usage_chunk("0", "0") + kHello + kFinish + kUsageEvent + kDone),
            (TokenCounts{.input = 9, .output = 4}));
  const std::string prompt_alone = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9}}\n\n";
  EXPECT_EQ(usage_of(kHello + kFinish + prompt_alone + kDone),
            (TokenCounts{.input = 9, .output = guessed_tokens(3), .estimated = true}));
  EXPECT_EQ(usage_of(prompt_alone + kHello + kFinish + kDone),
            (TokenCounts{.input = 9, .output = guessed_tokens(3), .estimated = true}));
  StreamWatcher asked(true);
  const std::string zeros = usage_chunk("0", "0");
  EXPECT_EQ(asked.feed(kHello + kFinish + zeros + kDone).forward, kHello + kFinish + zeros)
      << "bytes pass as they are";
}

TEST(StreamWatcher, FindsUsageWhereOthersPutIt) {
  const std::string usage = R"("usage":{"prompt_tokens":9,"completion_tokens":4}})";
  const std::string end = R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop")";
  const std::string groqs = end + R"(}],"x_groq":{"id":"r",)" + usage + "}\n\n";
  const std::string moonshots = end + "," + usage + "]}\n\n";
  for (const std::string& chunk : {groqs, moonshots}) {
    SCOPED_TRACE(chunk);
    StreamWatcher watcher(false);
    EXPECT_TRUE(watcher.feed(kHello + chunk + kDone).done);
    EXPECT_EQ(watcher.usage(), (TokenCounts{.input = 9, .output = 4}));
  }
  StreamWatcher of_two(false, std::nullopt, 2);
  EXPECT_TRUE(of_two.feed(kHello + moonshots + kDone).done);
  EXPECT_EQ(of_two.usage(), std::nullopt) << "it may be of one of the two";
}

// OpenRouter's last chunk, and one of a server that tells a usage with its first.
TEST(StreamWatcher, KeepsBackUsageWhoseChoicesSayNothing) {
  const auto chunk = [](const std::string& delta, const std::string& rest) {
    return R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"")" + delta +
           R"(},"finish_reason":null)" + rest +
           R"(}],"usage":{"prompt_tokens":9,"completion_tokens":4}})"
           "\n\n";
  };
  const std::string silent = chunk("", R"(,"native_finish_reason":null,"logprobs":null)");
  for (const std::string& telling : {chunk(R"(,"annotations":[{"type":"url_citation"}])", ""),
                                     chunk("", R"(,"logprobs":{"content":[]})")}) {
    StreamWatcher watcher(false);
    EXPECT_EQ(watcher.feed(silent + kHello + silent + telling + kFinish + silent + kDone).forward,
              silent + kHello + telling + kFinish)
        << "the first says whose words they are";
    EXPECT_EQ(watcher.usage(), (TokenCounts{.input = 9, .output = 4}));
  }
  StreamWatcher asked(true);
  EXPECT_EQ(asked.feed(kHello + kFinish + silent + kDone).forward, kHello + kFinish + silent);
}

TEST(StreamWatcher, KeepsUsageThatComesWithContent) {
  const std::string both =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}],"
      "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
  StreamWatcher watcher(false);
  EXPECT_EQ(watcher.feed(both).forward, both);
  EXPECT_EQ(watcher.usage()->output, 2);
}

TEST(StreamWatcher, WhatIsBrokenOffIsCountedAndNotPassedOn) {
  const std::string error =
      "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"abc\"},"
      "\"finish_reason\":\"error\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":3000}}"
      "\n\n";
  StreamWatcher watcher(true);
  const StreamProgress progress = watcher.feed(kHello + error + kThere);
  EXPECT_EQ(progress.forward, kHello);
  ASSERT_TRUE(progress.broken.has_value());
  EXPECT_EQ(progress.broken->code, ErrorCode::unavailable);
  EXPECT_EQ(watcher.usage()->output, 3'000);
  EXPECT_EQ(watcher.content_bytes(), 3U) << "a call that has said nothing else may be given up";
  EXPECT_EQ(watcher.billed_bytes(), 6U);
}

TEST(StreamWatcher, AnyChoiceMaySayWhyItEnds) {
  StreamWatcher watcher(false);
  (void)watcher.feed(
      "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"},"
      "\"finish_reason\":\"stop\"}]}\n\n");
  EXPECT_TRUE(watcher.said_why());
}

// Of two choices the second may speak first; whether the answer is the tag, the first one says.
TEST(StreamWatcher, LooksForTheTagInTheFirstChoiceOnly) {
  const std::string other =
      "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"Four.\"}}]}\n\n";
  const std::string tool =
      "data: {\"choices\":[{\"index\":1,\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\n\n";
  const std::string tag =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<GPT4>\"}}]}\n\n";
  StreamWatcher watcher(false, TagScanner("<GPT4>"));
  static_cast<void>(watcher.feed(kRole + other + tool));
  EXPECT_EQ(watcher.tag(), TagVerdict::undecided);
  static_cast<void>(watcher.feed(tag + kFinish + kDone));
  EXPECT_EQ(watcher.tag(), TagVerdict::tag);
}

}  // namespace
}  // namespace ooe::experts
