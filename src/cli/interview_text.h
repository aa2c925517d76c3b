// What an interview came to, for people and for machines.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "interview/interview.h"
#include "report/terminal.h"
#include "store/interview_journal.h"

namespace ooe::cli {

// What is on record in the end, earlier runs included: graded answers to these questions.
struct KnownScores {
  std::size_t questions = 0;
  double score_sum = 0.0;
};

// What it points to must outlive it.
struct InterviewResult {
  const interview::InterviewSummary& summary;
  std::vector<KnownScores> known;  // of each expert of summary.asked
  const store::InterviewJournal::Killed& killed;
  std::span<const store::OpenCall> unsettled;
};

// Why questions are not asked, a line each; empty when all are.
[[nodiscard]] std::string left_out_text(std::int64_t ungradable, std::string_view ungradable_why,
                                        std::int64_t contradicting);

// Shape: returns one an expert of `asked`. `outcomes` may be of other questions and experts too.
[[nodiscard]] std::vector<KnownScores> known_scores(
    std::span<const interview::ExpertProgress> asked, std::span<const Question> questions,
    std::span<const Outcome> outcomes);

// Returns whether every question has an answer now, or every expert has its place.
[[nodiscard]] bool is_complete(const interview::InterviewSummary& summary);

[[nodiscard]] std::string interview_text(const InterviewResult& result,
                                         const report::Terminal& terminal);
[[nodiscard]] std::string interview_json(const InterviewResult& result);

}  // namespace ooe::cli
