#include "simulate/judging.h"

#include <algorithm>

#include "simulate/reply.h"

namespace ooe::simulate {
namespace {

std::optional<std::string_view> between(std::string_view text, std::string_view from,
                                        std::string_view to) {
  const std::size_t first = text.find(from);
  if (first == std::string_view::npos) return std::nullopt;
  text.remove_prefix(first + from.size());
  const std::size_t last = text.find(to);
  if (last == std::string_view::npos) return std::nullopt;
  return text.substr(0, last);
}

}  // namespace

std::optional<std::string> verdict_text(std::uint64_t seed, const SimulatedExpert& expert,
                                        std::span<const SimulatedExpert> colleagues,
                                        const QuestionBank& bank, std::string_view prompt) {
  const auto question = between(prompt, "[Question]\n", "\n\n[");
  const auto answer = between(prompt, "[Answer]\n", "\n[End of Answer]");
  if (!question || !answer) return std::nullopt;
  const QuestionBank::Entry* entry = bank.find(*question);
  if (entry == nullptr) return std::nullopt;
  const bool right = std::ranges::any_of(colleagues, [&](const SimulatedExpert& colleague) {
    const Reply reply = reply_to(seed, colleague, entry->question, entry->id);
    return reply.right && reply.text == *answer;
  });
  Rng rng = dice(seed, "judge", expert.name, to_hex(entry->id) + std::string(*answer));
  const bool sees_it = rng.uniform() < *expert.judges;
  return right == sees_it ? "A simulated verdict.\nVerdict: correct"
                          : "A simulated verdict.\nVerdict: incorrect";
}

}  // namespace ooe::simulate
