#include "orchestrator/token_counters.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sodium.h>
#include <unistd.h>

namespace ooe::orchestrator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TokenCountersTest : public ::testing::Test {
 protected:
  // A tokenizer of single bytes, and of "aa" when told so.
  std::string file(bool pairs) {
    const std::string path = folder_ + (pairs ? "/pairs" : "/bytes");
    std::ofstream out(path);
    for (int byte = 0; byte < 256; ++byte) {
      const auto c = static_cast<unsigned char>(byte);
      char base64[8];
      ::sodium_bin2base64(base64, sizeof(base64), &c, 1, sodium_base64_VARIANT_ORIGINAL);
      out << base64 << ' ' << byte << '\n';
    }
    if (pairs) out << "YWE= 256\n";
    return path;
  }

  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("ooe-counters-" + std::to_string(::getpid())))
          .string();
};

TEST_F(TokenCountersTest, CountForThoseWhoHaveATokenizer) {
  std::vector<Expert> experts(3);
  experts[0].tokenizer_file = file(true);
  experts[2].tokenizer_file = file(false);
  experts[0].tokenizer_split = experts[2].tokenizer_split = "cl100k";
  const auto counters = TokenCounters::load(experts);
  ASSERT_TRUE(counters.has_value()) << counters.error().message;
  const std::vector<std::string_view> texts{"aaaa", "a"};
  EXPECT_THAT(counters->count(texts, 2), ElementsAre(3 + 2 * 4 + 3, 0, 5 + 2 * 4 + 3));
}

TEST_F(TokenCountersTest, TakeWhatIsBeyondTheLimitToBeAsDense) {
  std::vector<Expert> experts(1);
  experts[0].tokenizer_file = file(true);
  experts[0].tokenizer_split = "gpt2";
  const auto counters = TokenCounters::load(experts);
  ASSERT_TRUE(counters.has_value());
  const std::string text(10 * TokenCounters::kCountedBytesMax, 'a');
  const std::vector<std::string_view> texts{text, "bb", text};
  EXPECT_NEAR(static_cast<double>(counters->count(texts, 1)[0]),
              static_cast<double>(10 * TokenCounters::kCountedBytesMax), 16.0);
}

TEST_F(TokenCountersTest, SayWhoseTokenizerIsWrong) {
  std::vector<Expert> experts(1);
  EXPECT_TRUE(TokenCounters::load(experts)->empty());
  EXPECT_THAT(TokenCounters::load(experts)->count({}, 1), IsEmpty());
  experts[0].name = "x";
  experts[0].tokenizer_file = folder_ + "/none";
  experts[0].tokenizer_split = "gpt2";
  EXPECT_THAT(TokenCounters::load(experts).error().message, HasSubstr("expert 'x': tokenizer: "));
  experts[0].tokenizer_split = "gpt5";
  EXPECT_THAT(TokenCounters::load(experts).error().message, HasSubstr("'gpt5' is unknown"));
}

}  // namespace
}  // namespace ooe::orchestrator
