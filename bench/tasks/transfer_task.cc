#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/rng.h"
#include "bench/tasks/task_run.h"
#include "core/table_part.h"
#include "predictor/adapt.h"

namespace ooe::tasks {

void transfer_task(TaskRun& run, const Dataset& mmlu_data, const predictor::Model& mmlu) {
  for (const char* name :
       {"routerdc_arc_challenge", "routerdc_arc_easy", "routerdc_math_prealgebra"}) {
    const Dataset data = load(run.folder, name);
    const std::size_t m = data.outcomes.n_experts();
    Rows known;  // columns of the model
    std::vector<double> level;
    for (const std::string& expert : data.outcomes.experts) {
      known.push_back(column(mmlu_data, expert));
      double sum = 0.0;
      double count = 0.0;
      for (std::size_t i = 0; i < mmlu_data.outcomes.n_queries(); ++i) {
        const float score = mmlu_data.outcomes.score[mmlu_data.outcomes.at(i, known.back())];
        if (std::isnan(score)) continue;
        sum += double{score};
        count += 1.0;
      }
      level.push_back(sum / count);
    }
    const auto best = static_cast<std::size_t>(std::ranges::max_element(level) - level.begin());
    const auto routed_with = [&](const predictor::Model& model) {
      predictor::Scratch scratch;
      std::vector<Prediction> predictions(model.card().experts.size());
      Rows choice;
      for (const std::string& text : data.texts) {
        model.predict(text, scratch, predictions);
        std::size_t top = 0;
        for (std::size_t j = 1; j < m; ++j) {
          if (predictions[known[j]].quality > predictions[known[top]].quality) top = j;
        }
        choice.push_back(top);
      }
      return choice;
    };
    const Rows choice = routed_with(mmlu);
    run.table.print(fmt::format("T8 {}: routed - best known (points)", name), {0.0, 0.5}, {},
                    choice.size(), [&](const auto&, const Rows& places) {
                      double sum = 0.0;
                      for (const std::size_t p : places) {
                        sum += double{data.outcomes.score[p * m + choice[p]]} -
                               double{data.outcomes.score[p * m + best]};
                      }
                      return 100.0 * sum / static_cast<double>(places.size());
                    });
    // After 200 outcomes of the target: against the best single expert of the rest, with hindsight.
    double gain = 0.0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      Rng rng(seed);
      Rows order = everything(data.texts.size());
      rng.shuffle(std::span(order));
      const Rows first(order.begin(), order.begin() + 200);
      const auto adapted = predictor::adapt(mmlu, subset_rows(data, first));
      if (!adapted) die(adapted.error().message);
      const Rows after = routed_with(*adapted);
      std::vector<double> single(m, 0.0);
      double routed = 0.0;
      for (std::size_t k = 200; k < order.size(); ++k) {
        for (std::size_t j = 0; j < m; ++j)
          single[j] += double{data.outcomes.score[order[k] * m + j]};
        routed += double{data.outcomes.score[order[k] * m + after[order[k]]]};
      }
      gain += 100.0 * (routed - *std::ranges::max_element(single)) /
              static_cast<double>(order.size() - 200) / 5.0;
    }
    fmt::print("   after 200 outcomes there, minus the best on the target: {:+.2f} points\n", gain);
  }
}

}  // namespace ooe::tasks
