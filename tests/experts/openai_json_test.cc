#include <string>

#include <gtest/gtest.h>
#include <malloc.h>

#include "experts/openai_dialect.h"
#include "tests/experts/openai_answer.h"

namespace ooe::experts {
namespace {

// Servers write what no strict reader takes, and were paid for it.
TEST(Completion, IsReadWhateverNumbersStandInIt) {
  const std::string answer = R"("choices":[{"message":{"content":"NaN, \"-Infinity"},)"
                             R"("logprobs":{"content":[{"logprob":-Infinity,"x":1e999}]}}],)"
                             R"("usage":{"prompt_tokens":10,"completion_tokens":5}})";
  for (const std::string& body :
       {R"({"id":99999999999999999999999,)" + answer, R"({"id":NaN,"created":-1e400,)" + answer,
        "\xEF\xBB\xBF{\"id\":1," + answer, R"({"id":"\ud83d",)" + answer}) {
    SCOPED_TRACE(body);
    const auto completion = parse_answer(body);
    ASSERT_TRUE(completion.has_value()) << completion.error().message;
    EXPECT_EQ(completion->text, "NaN, \"-Infinity");
    EXPECT_EQ(completion->usage, (TokenCounts{.input = 10, .output = 5}));
    EXPECT_FALSE(parse_answer(body.substr(0, body.size() - 1)).has_value()) << "cut short";
  }
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(OpenaiDialect, OneLargeAnswerCostsNoMemoryForGood) {
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  ASSERT_TRUE(parse_answer(answer(R"({"content":"x"})")).has_value());
  const std::size_t before = in_use();
  {
    const std::string large = answer(R"({"content":")" + std::string(8'000'000, 'x') + "\"}");
    const auto read = parse_answer(large);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->text.size(), 8'000'000U);
  }
  EXPECT_LT(in_use(), before + 1'000'000);
}
#endif

}  // namespace
}  // namespace ooe::experts
