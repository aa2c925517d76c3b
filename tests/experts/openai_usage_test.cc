#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "experts/openai_dialect.h"
#include "tests/experts/openai_answer.h"

namespace ooe::experts {
namespace {

TEST(Usage, IsReadOrAbsentOrCorrupt) {
  struct Good {
    std::string usage;
    std::optional<TokenCounts> counts;
  };
  for (
      const auto& [usage, counts] : {
          Good{R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":10})",
               TokenCounts{.input = 7, .output = 3}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":5}})",
              TokenCounts{.input = 7, .cached_input = 5, .output = 3}},
          Good{R"({"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":null})",
               TokenCounts{.input = 7, .output = 3}},
          // More than the prompt has cannot be among it.
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":9}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 3}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":9,"total_tokens":16,"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 7, .output = 9, .reasoning = 5}},
          // Counted beside the completion's: only the total tells.
          Good{
              R"({"prompt_tokens":7,"completion_tokens":9,"total_tokens":21,"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 7, .output = 14, .reasoning = 5}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 7, .output = 3, .reasoning = 3}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":null}})",
              TokenCounts{.input = 7, .output = 3}},
          // Thoughts that nobody tells apart, or cached tokens beside the prompt's.
          Good{R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":100})",
               TokenCounts{.input = 10, .output = 90, .reasoning = 85}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":9}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 3}},
          Good{
              R"({"prompt_tokens":5000,"completion_tokens":200,"total_tokens":9200,"prompt_tokens_details":{"cached_tokens":4096}})",
              TokenCounts{
                  .input = 5'000, .cached_input = 4'096, .output = 4'200, .reasoning = 4'000}},
          // The same with thoughts that are told, and with writes to the cache, which are not.
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":24,"prompt_tokens_details":{"cached_tokens":9},"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 8, .reasoning = 5}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":40,"prompt_tokens_details":{"cached_tokens":9}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 3}},
          // What stands twice: the first counts.
          Good{R"({"prompt_tokens":7,"prompt_tokens":8,"completion_tokens":3})",
               TokenCounts{.input = 7, .output = 3}},
          Good{R"({"prompt_tokens":null,"prompt_tokens":7,"completion_tokens":3})", std::nullopt},
          Good{R"({"prompt_tokens":7,"completion_tokens":3},"usage":{})",
               TokenCounts{.input = 7, .output = 3}},
          Good{R"({"prompt_tokens":7,"completion_tokens":3},"error":null,"error":"late")",
               TokenCounts{.input = 7, .output = 3}},
          Good{"null", std::nullopt},
          Good{"{}", std::nullopt},
          Good{"[]", std::nullopt},
          Good{R"({"completion_tokens":7})", std::nullopt},
          Good{R"({"total_tokens":7})", std::nullopt},
      }) {
    SCOPED_TRACE(usage);
    const auto completion = parse_answer(with_usage(usage));
    ASSERT_TRUE(completion.has_value()) << completion.error().message;
    ASSERT_EQ(completion->usage.has_value(), counts.has_value());
    if (!counts) continue;
    EXPECT_EQ(completion->usage->input, counts->input);
    EXPECT_EQ(completion->usage->cached_input, counts->cached_input);
    EXPECT_EQ(completion->usage->reasoning, counts->reasoning);
    EXPECT_EQ(completion->usage->output, counts->output);
    EXPECT_FALSE(completion->usage->estimated);
  }
  for (const std::string_view count :
       {"-1", "1.5", "\"x\"", "\"7.5\"", "\"-7\"", "\"\"", "\" 7\"", "\"1000000001\"", "1000000001",
        "9223372036854775807", "18446744073709551615", "true", "{}"}) {
    SCOPED_TRACE(count);
    const std::string usage =
        R"({"prompt_tokens":1,"completion_tokens":)" + std::string(count) + "}";
    const auto completion = parse_answer(with_usage(usage));
    ASSERT_TRUE(completion.has_value());
    EXPECT_FALSE(completion->usage.has_value());
    EXPECT_NE(completion->usage_fault, "");
    const auto event = parse_stream_event(R"({"choices":[],"usage":)" + usage + "}");
    ASSERT_TRUE(event.has_value()) << "what is billed wrongly is said all the same";
    EXPECT_FALSE(event->usage.has_value());
    EXPECT_TRUE(event->usage_unreadable);
  }
}

TEST(Completion, ReadsCountsThatAreTexts) {
  const auto completion =
      parse_answer(with_usage(R"({"prompt_tokens":"12","completion_tokens":"007"})"));
  ASSERT_TRUE(completion.has_value());
  ASSERT_TRUE(completion->usage.has_value());
  EXPECT_EQ(completion->usage->input, 12);
  EXPECT_EQ(completion->usage->output, 7);
  EXPECT_FALSE(completion->usage->estimated);
}

// Whether a cache's tokens are among the prompt's, only the total tells; where it does not, the
// bill is not to be too little.
TEST(Usage, BillsWhatStandsBesideThePrompt) {
  struct Case {
    std::string told;
    TokenCounts counts;
  };
  for (
      const auto& [told, counts] : {
          Case{R"("prompt_tokens":10,"total_tokens":100015,"cache_read_input_tokens":100000)",
               {.input = 100'010, .cached_input = 100'000, .output = 5}},
          Case{
              R"("prompt_tokens":100,"total_tokens":100105,"prompt_tokens_details":{"cached_tokens":100000})",
              {.input = 100'100, .cached_input = 100'000, .output = 5}},
          Case{
              R"("prompt_tokens":100,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60})",
              {.input = 100, .cached_input = 60, .output = 5}},
          // By both names, and among the prompt, as LiteLLM has it.
          Case{
              R"("prompt_tokens":100,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"prompt_tokens_details":{"cached_tokens":60})",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          Case{
              R"("prompt_tokens":100,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30})",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          Case{
              R"("prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":60,"cache_creation_tokens":50})",
              {.input = 100, .cached_input = 60, .cache_write = 40, .output = 5}},
          Case{
              R"("prompt_tokens":10,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30)",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          // Of the two, one alone.
          Case{
              R"("prompt_tokens":40,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30)",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          Case{
              R"("prompt_tokens":70,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30)",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          // With thoughts beside the completion.
          Case{
              R"("prompt_tokens":10,"total_tokens":125,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"completion_tokens_details":{"reasoning_tokens":20})",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 25, .reasoning = 20}},
          Case{
              R"("prompt_tokens":100,"total_tokens":125,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":20})",
              {.input = 100, .cached_input = 60, .output = 25, .reasoning = 20}},
          // The total says nothing, or what cannot be.
          Case{R"("prompt_tokens":100,"cache_read_input_tokens":60)",
               {.input = 160, .cached_input = 60, .output = 5}},
          Case{R"("prompt_tokens":100,"total_tokens":0,"cache_creation_input_tokens":60)",
               {.input = 160, .cache_write = 60, .output = 5}},
          Case{R"("prompt_tokens":10,"total_tokens":15,"cache_read_input_tokens":60)",
               {.input = 70, .cached_input = 60, .output = 5}},
          Case{
              R"("prompt_tokens":10,"total_tokens":35,"cache_read_input_tokens":60,"completion_tokens_details":{"reasoning_tokens":20})",
              {.input = 70, .cached_input = 60, .output = 25, .reasoning = 20}},
      }) {
    SCOPED_TRACE(told);
    const auto answer = parse_answer(with_usage("{" + told + R"(,"completion_tokens":5})"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->usage, counts);
  }
  const auto absurd =
      parse_answer(with_usage(R"({"prompt_tokens":1000000000,"completion_tokens":5,)"
                              R"("cache_read_input_tokens":1000000000})"));
  ASSERT_TRUE(absurd.has_value());
  EXPECT_FALSE(absurd->usage.has_value());
  EXPECT_NE(absurd->usage_fault, "");
}

// Moonshot's name, then DeepSeek's, of old and of now.
TEST(Usage, ReadsTheCacheByOthersNames) {
  for (const std::string told :
       {R"("total_tokens":105,"cached_tokens":60)", R"("cached_tokens":60)",
        R"("total_tokens":105,"prompt_cache_hit_tokens":60,"prompt_cache_miss_tokens":40)",
        R"("prompt_cache_hit_tokens":60,"prompt_tokens_details":{"cached_tokens":60})",
        R"("cached_tokens":0,"prompt_tokens_details":{"cached_tokens":60})"}) {
    SCOPED_TRACE(told);
    const auto answer =
        parse_answer(with_usage(R"({"prompt_tokens":100,"completion_tokens":5,)" + told + "}"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->usage, (TokenCounts{.input = 100, .cached_input = 60, .output = 5}));
  }
}

// Some servers fill in zeros for what they do not know.
TEST(Usage, OfZerosIsNotBelieved) {
  const auto usage_of = [](const std::string& message, int prompt, int completion) {
    const auto answer_read = parse_answer(
        answer(message, R"(,"usage":{"prompt_tokens":)" + std::to_string(prompt) +
                            R"(,"completion_tokens":)" + std::to_string(completion) +
                            R"(,"total_tokens":)" + std::to_string(prompt + completion) + "}"));
    EXPECT_TRUE(answer_read.has_value());
    return std::pair(answer_read->usage, answer_read->content_bytes);
  };
  const std::string said = R"({"content":"eight by"})";
  const std::string silent = R"({"content":""})";
  EXPECT_EQ(usage_of(said, 0, 0), std::pair(std::optional<TokenCounts>(), std::size_t{8}));
  EXPECT_EQ(usage_of(said, 0, 7).first, (TokenCounts{.output = 7, .estimated = true}))
      << "thoughts may be most of it";
  EXPECT_FALSE(usage_of(silent, 0, 0).first.has_value()) << "no prompt is empty";
  EXPECT_EQ(usage_of(said, 9, 0).first,
            (TokenCounts{.input = 9, .output = guessed_tokens(8), .estimated = true}));
  EXPECT_EQ(usage_of(silent, 9, 0).first, (TokenCounts{.input = 9}));
  EXPECT_EQ(usage_of(said, 9, 2).first, (TokenCounts{.input = 9, .output = 2}));
  EXPECT_EQ(usage_at_end(R"("usage":{"prompt_tokens":9,"completion_tokens":0}})", 8),
            (TokenCounts{.input = 9, .output = guessed_tokens(8), .estimated = true}));
  EXPECT_EQ(usage_at_end(R"("usage":{"prompt_tokens":0,"completion_tokens":9}})", 8),
            (TokenCounts{.output = 9, .estimated = true}));
}

// What it does tell is not thrown away: the prompt may be most of the bill.
TEST(Usage, WithoutOutputIsCompleted) {
  struct Case {
    std::string told;
    TokenCounts counts;
  };
  const std::int64_t guess = guessed_tokens(8);
  for (
      const auto& [told, counts] : {
          Case{R"("prompt_tokens":9000)", {.input = 9'000, .output = guess, .estimated = true}},
          Case{R"("prompt_tokens":9000,"completion_tokens":null,"completion_tokens":3)",
               {.input = 9'000, .output = guess, .estimated = true}},
          Case{R"("prompt_tokens":9000,"total_tokens":9000)",
               {.input = 9'000, .output = guess, .estimated = true}},
          Case{R"("prompt_tokens":9000,"prompt_tokens_details":{"cached_tokens":8000})",
               {.input = 9'000, .cached_input = 8'000, .output = guess, .estimated = true}},
          // The total tells it.
          Case{R"("prompt_tokens":9000,"total_tokens":9070)", {.input = 9'000, .output = 70}},
          Case{
              R"("prompt_tokens":9000,"total_tokens":9070,"prompt_tokens_details":{"cached_tokens":8000})",
              {.input = 9'000, .cached_input = 8'000, .output = 70}},
          Case{R"("prompt_tokens":10,"total_tokens":9080,"cache_read_input_tokens":9000)",
               {.input = 9'010, .cached_input = 9'000, .output = 70}},
          Case{
              R"("prompt_tokens":9,"total_tokens":79,"completion_tokens_details":{"reasoning_tokens":50})",
              {.input = 9, .output = 70, .reasoning = 50}},
          // Thoughts are known, what was said besides is not.
          Case{R"("prompt_tokens":9,"completion_tokens_details":{"reasoning_tokens":50})",
               {.input = 9, .output = 50 + guess, .reasoning = 50, .estimated = true}},
      }) {
    SCOPED_TRACE(told);
    const std::string usage = R"(,"usage":{)" + told + "}";
    const auto read = parse_answer(answer(R"({"content":"eight by"})", usage));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->usage, counts);
    EXPECT_EQ(read->content_bytes > 0, counts.estimated) << "only then it is asked for";
    EXPECT_EQ(said_in(answer(R"({"content":"eight by"})", usage)).usage, counts);
    EXPECT_EQ(usage_at_end(R"("usage":{)" + told + "}}", 8), counts);
  }
  const auto silent = parse_answer(answer(R"({"content":""})", R"(,"usage":{"prompt_tokens":9})"));
  EXPECT_EQ(silent->usage, (TokenCounts{.input = 9, .estimated = true}))
      << "what was thought, nobody says";
}

TEST(OpenaiDialect, TokensReadFromACacheAreNoOutput) {
  const auto answer = parse_answer(
      R"({"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":100,)"
      R"("completion_tokens":10,"total_tokens":90110,"cache_read_input_tokens":90000}})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage->output, 10);
}

}  // namespace
}  // namespace ooe::experts
