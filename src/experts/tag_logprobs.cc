#include "experts/tag_logprobs.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "experts/expert_tags.h"

namespace ooe::experts {
namespace {

constexpr double kLogprobMax = 1e-3;  // rounding may put a certainty a little above zero

// What tokenizers glue to a letter: spaces at either end, newlines only before it.
std::string_view without_spaces(std::string_view token) {
  while (token.starts_with(' ') || token.starts_with('\n')) token.remove_prefix(1);
  while (token.ends_with(' ')) token.remove_suffix(1);
  return token;
}

}  // namespace

std::string tag_body(std::span<const std::string> names, std::string_view query,
                     std::string_view model) {
  auto body = nlohmann::ordered_json::parse(chat_body(tag_prompt(names, query), model, false));
  body["logprobs"] = true;
  body["top_logprobs"] = kTaggedExpertsMax;
  return body.dump();
}

Result<std::vector<double>> read_tag_probabilities(std::string_view body, std::size_t count) {
  std::vector<double> probability(count, 0.0);
  double sum = 0.0;
  try {
    const auto json = nlohmann::json::parse(body);
    // Absent, null and empty are all ways in which servers say that they tell none.
    static const nlohmann::json::json_pointer kOfFirstToken("/logprobs/content/0/top_logprobs");
    const auto candidates = json.at("choices").at(0).value(kOfFirstToken, nlohmann::json::array());
    for (const auto& candidate : candidates) {
      const auto token = candidate.at("token").get<std::string>();
      const auto logprob = candidate.at("logprob").get<double>();
      const std::string_view letter = without_spaces(token);
      if (!(logprob <= kLogprobMax)) {
        return fail(ErrorCode::corrupt, "a log-probability of {} for \"{}\"", logprob, token);
      }
      if (letter.size() != 1 || letter[0] < 'A') continue;
      const auto expert = static_cast<std::size_t>(letter[0] - 'A');
      if (expert >= count) continue;
      probability[expert] += std::exp(logprob);
      sum += std::exp(logprob);
    }
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::corrupt, "the orchestrator's answer is no chat completion: {}",
                error.what());
  }
  if (sum <= 0.0) {
    return fail(ErrorCode::not_found,
                "no log-probability of an expert's letter in the orchestrator's answer");
  }
  for (double& one : probability) one /= sum;
  return probability;
}

}  // namespace ooe::experts
