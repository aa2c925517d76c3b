// How long training takes and how much memory it needs on many questions: a made-up world in which
// each expert is good at some of 57 topics, a topic has words of its own, and the mean length is
// that of MMLU's questions. Ends with an error when the model learned nothing from the texts.
//
//   train_scale QUESTIONS EXPERTS          (200000 40: at most 20 minutes and 6 GiB on two cores)
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/core.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "core/query.h"
#include "predictor/train.h"

namespace {

constexpr std::size_t kTopics = 57;
constexpr std::size_t kWords = 60;  // a question

ooe::Dataset make_world(std::size_t n, std::size_t m) {
  ooe::Rng rng(1);
  std::vector<double> skill;  // [topics, m]
  for (std::size_t k = 0; k < kTopics * m; ++k) skill.push_back(0.6 + 0.15 * rng.normal());
  ooe::Dataset data;
  for (std::size_t j = 0; j < m; ++j) {
    data.outcomes.experts.push_back(fmt::format("expert {}", j));
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t topic = rng.below(kTopics);
    std::string text;
    for (std::size_t w = 0; w < kWords; ++w) {
      const double u = rng.uniform();  // cubed: some words are common, most are rare
      const auto rank = static_cast<int>(20'000.0 * u * u * u);
      text += rng.below(5) == 0 ? fmt::format("t{}w{} ", topic, rank % 300)
                                : fmt::format("word{} ", rank);
    }
    data.query_ids.push_back(ooe::query_id(text));
    data.texts.push_back(std::move(text));
    data.outcomes.question_ids.push_back(std::to_string(i));
    data.questions.emplace_back().subject = fmt::format("topic {}", topic);
    for (std::size_t j = 0; j < m; ++j) {
      data.outcomes.score.push_back(rng.uniform() < skill[topic * m + j] ? 1.0F : 0.0F);
    }
  }
  return data;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "train_scale QUESTIONS EXPERTS\n");
    return 2;
  }
  const ooe::Dataset data = make_world(static_cast<std::size_t>(std::atoll(argv[1])),
                                       static_cast<std::size_t>(std::atoll(argv[2])));
  const auto start = std::chrono::steady_clock::now();
  const auto model = ooe::predictor::train(data, {});
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return 1;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{} questions x {} experts: {:.0f} s, {:.0f} s of processor time, {:.2f} GiB at most, a file "
      "of {:.1f} MB\n",
      argv[1], argv[2], seconds, static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec),
      static_cast<double>(usage.ru_maxrss) / 1048576.0,
      static_cast<double>(model->serialise().size()) / 1e6);
  for (const ooe::predictor::Candidate& candidate : model->card().candidates) {
    fmt::print("  {:24} log loss {:.4f}  {}\n", candidate.name, candidate.log_loss,
               to_string(candidate.verdict));
  }
  return model->card().kept == "constant" ? 1 : 0;
}
