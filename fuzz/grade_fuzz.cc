// Any bytes as an answer get a score of 0 or 1 from every grader, and a reason only with 0.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "interview/grade.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ooe::interview::GraderKind;
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  ooe::Question question;
  question.id = "q";
  question.choices = {"Berlin", "Madrid", "Paris", "Rome"};
  for (const auto& [truth, kind] : {std::pair{"C", GraderKind::choice},
                                    {"42", GraderKind::number},
                                    {"Paris", GraderKind::text},
                                    {"Paris", GraderKind::exact},
                                    {"(?i)par(is)+", GraderKind::regex},
                                    {R"({"a": [1, 2]})", GraderKind::json}}) {
    question.answer = truth;
    const auto grader = ooe::interview::grader_of(question, kind);
    const auto graded = ooe::interview::grade(*grader, question, answer);
    OOE_CHECK(graded.score == 0.0F || graded.score == 1.0F, "a score is 0 or 1");
    OOE_CHECK(graded.reason.empty() || graded.score == 0.0F, "what cannot be read is not right");
  }
  return 0;
}
