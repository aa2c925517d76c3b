// Asks experts what nobody grades: self-play's writer, settlers and judge. Every call is on record
// before it is made, as in an interview, so that a killed round pays for none of them again.
// In: experts, prompts, a budget. Out: their words. Knows: interview, the desk.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "interview/ask.h"
#include "interview/prompt.h"
#include "selfplay/desk.h"

namespace ooe::selfplay {

// A prompt that nobody grades, and the question that its answers are on record under.
struct Prompted {
  Question question;
  experts::ChatPrompt prompt;
  interview::PromptKey key;
};

struct Words {
  std::map<std::pair<std::size_t, std::size_t>, std::string> texts;  // by prompt and expert
  Usd spent;
  bool stopped = false;
  bool out_of_budget = false;
  std::vector<Failure> failures;
};

// Every expert every prompt, all with the first one's max_tokens; equal prompts are asked once,
// under the first one's place. What is on record is not asked again. `budget`: what is left, beyond
// what was paid before this run. An expert that was given up in this run gives only what is on
// record. Errors: those of the interview.
[[nodiscard]] Result<Words> ask_for_words(Desk& desk, std::span<const Expert> experts,
                                          std::span<const Prompted> prompts, Usd budget,
                                          const interview::OnProgress& on_progress);

}  // namespace ooe::selfplay
