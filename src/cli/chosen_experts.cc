#include "cli/chosen_experts.h"

#include "dataset/dataset.h"

namespace ooe::cli {

Result<std::vector<Expert>> chosen_experts(const std::string& list, const Config& config,
                                           const std::string& config_name) {
  const auto all = config.catalogue.experts();
  if (list.empty()) return std::vector<Expert>(all.begin(), all.end());
  const auto names = dataset::parse_expert_list(list);
  if (!names) return fail(names.error());
  std::vector<Expert> chosen;
  for (const std::string& name : *names) {
    const auto id = config.catalogue.find(name);
    if (!id) {
      return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}'", config_name,
                  name);
    }
    chosen.push_back(config.catalogue[*id]);
  }
  return chosen;
}

}  // namespace ooe::cli
