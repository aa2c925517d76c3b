// Any bytes as a foreign benchmark file: an error, or questions that our own format could hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dataset/benchmark.h"

namespace {

void check(const ooe::Result<std::vector<ooe::Question>>& questions) {
  if (!questions) {
    OOE_CHECK(questions.error().message.find("fuzz") != std::string::npos, "errors name the file");
    return;
  }
  for (const ooe::Question& question : *questions) {
    OOE_CHECK(!question.id.empty() && !question.question.empty(), "every question is one");
    OOE_CHECK(question.choices.size() <= ooe::kChoicesMax, "choices have letters");
    OOE_CHECK(question.choices.empty() || question.answer.size() <= 1, "answers are letters");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ooe::dataset;  // NOLINT(google-build-using-namespace): all its readers
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ColumnMap map{{"question", "q"}, {"choices", "a+b"}, {"answer", "x.y"}};
  check(parse_mmlu_csv(text, "fuzz", "law", "test"));
  check(parse_mapped_csv(text, "fuzz", "b", map));
  check(parse_mapped_jsonl(text, "fuzz", "b", map));
  (void)parse_gsm8k(text, "fuzz", "test");
  return 0;
}
