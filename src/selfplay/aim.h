// What an expert should write questions about: where users ask much, the predictor is unsure,
// experts that are close to the best might be better, and where even the best is not good. In: what
// is known, what users ask. Out: a need a topic, and from it wishes. Pure. Knows: the belief.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "selfplay/known.h"
#include "selfplay/writer.h"

namespace ooe::selfplay {

struct Topic {
  std::string name;
  double need = 1.0;
};

// The need of a topic is summed over the targets that have it as subject:
//   max over experts j but the best of E[max(0, q_j - q_best)] + 0.1 (1 - q_best)
// with qualities q as they are believed: what knowing one more expert there would gain, and how
// much is missing that no choice could gain. Topics that no target has need what a middling one
// does, and none needs less than a tenth of that. In the order of `names`.
[[nodiscard]] std::vector<Topic> needs_of(std::span<const std::string> names, const Known& known,
                                          std::span<const Question> targets);

// `count` wishes: as many on each topic as its need is a share of all, levels and forms in turn, in
// an order of the seed; `open`: also questions that only a judge can grade. Requires: a topic.
[[nodiscard]] std::vector<WritingSeed> writing_seeds(std::span<const Topic> topics,
                                                     std::uint64_t seed, std::size_t count,
                                                     bool open);

}  // namespace ooe::selfplay
