#include <cstddef>
#include <string>
#include <vector>

#include "bench/tasks/crossed_qualities.h"
#include "bench/tasks/task_run.h"
#include "evaluate/deferral_curve.h"

namespace ooe::tasks {

void gsm8k_task(TaskRun& run) {
  const Dataset data = load(run.folder, "gsm8k");
  Qualities qualities = cross_predicted(data);
  const std::size_t own = column(data, "meta-math/MetaMath-Mistral-7B");
  const std::size_t strong = column(data, "gpt-4(MoT greedy CoT)");
  Rows rows;
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (data.questions[i].split == "test") rows.push_back(i);
  }
  // Length alone: the shorter the question, the rather the own expert.
  std::vector<float>& length = qualities["length alone"];
  length.assign(data.outcomes.score.size(), 0.0F);
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    length[data.outcomes.at(i, own)] = -static_cast<float>(data.texts[i].size());
  }
  const std::vector<std::string> methods = names_of(qualities);
  const auto curve = [&](const std::string& method, const Rows& places) {
    return curve_of(data, qualities.at(method), rows, places, {own}, strong);
  };
  run.table.print(
      "T4 GSM8K: own share at 84.77%", {0.63, 0.66}, methods, rows.size(),
      [&](const auto& f, const Rows& r) { return evaluate::weak_share_at(curve(f, r), 0.8477); });
  run.table.print(
      "T4 accuracy at 50% own", {0.875, 0.885}, methods, rows.size(),
      [&](const auto& f, const Rows& r) { return evaluate::accuracy_at(curve(f, r), 0.5); });
}

}  // namespace ooe::tasks
