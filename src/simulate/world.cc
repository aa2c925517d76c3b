#include "simulate/world.h"

#include <cmath>
#include <unordered_set>

#include "base/fast_hash.h"
#include "core/expert_name.h"

namespace ooe::simulate {
namespace {

bool is_share(double value) { return value >= 0.0 && value <= 1.0; }  // false for NaN

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

Result<void> check_share(const SimulatedExpert& expert, std::string_view what, double value) {
  if (is_share(value)) return {};
  return fail(ErrorCode::invalid_argument,
              "simulated expert {}: {} {} is not a share; give a number from 0 to 1", expert.name,
              what, value);
}

Result<void> check(const SimulatedExpert& expert) {
  if (const auto fault = expert_name_fault(expert.name)) {
    return fail(ErrorCode::invalid_argument, "simulated expert \"{}\": {}; rename it", expert.name,
                *fault);
  }
  if (expert.name.find('#') != std::string::npos) {
    return fail(ErrorCode::invalid_argument,
                "simulated expert \"{}\": a name has no '#', which starts a "
                "fault's name",
                expert.name);
  }
  std::vector<std::pair<std::string, double>> shares{
      {"default competence", expert.competence.otherwise},
      {"difficulty share", expert.difficulty_share},
      {"verbosity", expert.verbosity},
      {"fault share", expert.fault_share}};
  for (const auto& [subject, competence] : expert.competence.by_subject) {
    shares.emplace_back("competence in " + subject, competence);
  }
  for (const auto& [what, value] : shares) {
    if (auto fine = check_share(expert, what, value); !fine) return fine;
  }
  if (!(expert.tokens_per_second >= 0.0) || expert.first_token.count() < 0) {
    return fail(ErrorCode::invalid_argument,
                "simulated expert {}: {} tokens per second after {} ms; give numbers from 0 up, 0 "
                "for at once",
                expert.name, expert.tokens_per_second, expert.first_token.count());
  }
  return {};
}

}  // namespace

double Competence::in(const std::string& subject) const {
  const auto found = by_subject.find(subject);
  return found == by_subject.end() ? otherwise : found->second;
}

Result<void> check(const SimulationOptions& options) {
  if (options.experts.empty()) {
    return fail(ErrorCode::invalid_argument,
                "there is no expert to simulate; add at least one [[expert]]");
  }
  std::unordered_set<std::string> names;
  for (const SimulatedExpert& expert : options.experts) {
    if (auto fine = check(expert); !fine) return fine;
    if (!names.insert(expert.name).second) {
      return fail(ErrorCode::invalid_argument, "two simulated experts are named {}; rename one",
                  expert.name);
    }
  }
  return {};
}

Rng dice(std::uint64_t seed, std::string_view purpose, std::string_view expert,
         std::string_view about) {
  // Each hash seeds the next, so that no two lists of arguments run together.
  return Rng(fast_hash(about, fast_hash(expert, fast_hash(purpose, seed))));
}

bool is_right(std::uint64_t seed, const SimulatedExpert& expert, const QueryId& query,
              const std::string& subject) {
  const std::string id = to_hex(query);
  const double z_question = dice(seed, "difficulty", "", id).normal();
  const double z_expert = dice(seed, "luck", expert.name, id).normal();
  const double s = expert.difficulty_share;
  const double u = normal_cdf(std::sqrt(s) * z_question + std::sqrt(1.0 - s) * z_expert);
  return u < expert.competence.in(subject);
}

}  // namespace ooe::simulate
