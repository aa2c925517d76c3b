#include "selfplay/judge_noise.h"

namespace ooe::selfplay {
namespace {

constexpr double kSharpnessMin = 0.2;
constexpr double kVerdictNoise = 0.25;  // of a verdict, at most

}  // namespace

void JudgeNoise::observe(double verdict, bool is_right) {
  (is_right ? right : wrong) += 1.0;
  (is_right ? right_passed : wrong_passed) += verdict;
}

JudgeNoise operator+(const JudgeNoise& one, const JudgeNoise& other) {
  return {.right_passed = one.right_passed + other.right_passed,
          .right = one.right + other.right,
          .wrong_passed = one.wrong_passed + other.wrong_passed,
          .wrong = one.wrong + other.wrong};
}

std::optional<Measurement> JudgeNoise::measure(std::size_t text, std::size_t expert,
                                               double verdict) const {
  const double sharpness = passes_right() - passes_wrong();
  if (sharpness < kSharpnessMin) return std::nullopt;
  return Measurement{.text = text,
                     .expert = expert,
                     .score = (verdict - passes_wrong()) / sharpness,
                     .noise = kVerdictNoise / (sharpness * sharpness)};
}

}  // namespace ooe::selfplay
