// Self-play's questions that an expert writes: it is asked for a round's wishes, what it writes is
// screened, strong experts who are not told its answers answer too, and where they agree with it
// the question is settled. Where only words can be compared, the judge says whether they do. How
// far both can be believed is tried on exam questions. All calls are on record before they are
// made, so that a killed round pays for none of them again. In: wishes. Out: a Writing.
#pragma once

#include "selfplay/desk.h"

namespace ooe::selfplay {

struct WritingTools {
  Desk& desk;
  const Expert& writer;
  std::span<const Question> exam;
  QuestionFilter& filter;  // knows what is written from then on
};

// What writing needs besides the writer: two that settle, and one to learn about.
inline constexpr std::size_t kExpertsBesideWriter = 3;

// As Seams::write. Errors: those of the interview.
// Requires: kExpertsBesideWriter experts other than the writer.
[[nodiscard]] Result<Writing> fulfil_wishes(const WritingTools& tools, const Round& round,
                                            Usd budget, const interview::OnProgress& on_progress);

// Whether the question was written for this round. If that was in a run that was killed, it is no
// reason to refuse the same question now.
[[nodiscard]] bool is_written_for(const Question& question, int round);

}  // namespace ooe::selfplay
