#include "cli/interview_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

interview::ExpertProgress progress(std::string name, std::int64_t on_record, std::int64_t done,
                                   double score_sum) {
  interview::ExpertProgress expert;
  expert.expert = std::move(name);
  expert.total = on_record + done;
  expert.on_record = on_record;
  expert.done = done;
  expert.score_sum = score_sum;
  return expert;
}

Outcome outcome(std::string question, std::string expert, float score) {
  Outcome outcome;
  outcome.question_id = std::move(question);
  outcome.expert = std::move(expert);
  outcome.score = score;
  return outcome;
}

TEST(InterviewText, SaysWhatIsKnownInAllBesideWhatWasAskedNow) {
  interview::InterviewSummary summary;
  summary.asked.experts = {progress("a", 2, 1, 1.0), progress("b", 3, 0, 0.0)};
  std::vector<Question> questions(3);
  for (std::size_t i = 0; i < 3; ++i) questions[i].id = "q" + std::to_string(i);
  const std::vector<Outcome> outcomes{outcome("q0", "a", 0.0F),      outcome("q1", "a", 0.5F),
                                      outcome("q2", "a", 1.0F),      outcome("q0", "b", 1.0F),
                                      outcome("q2", "a", 1.0F),  // by another grader
                                      outcome("another", "a", 0.0F), outcome("q0", "c", 0.0F)};
  const store::InterviewJournal::Killed killed;
  const InterviewResult result{
      summary, known_scores(summary.asked.experts, questions, outcomes), killed, {}};
  EXPECT_EQ(interview_text(result, {80, false}),
            "expert  asked now  score now  in all  score  failed  unread     USD\n"
            "──────  ─────────  ─────────  ──────  ─────  ──────  ──────  ──────\n"
            "a               1      1.000       3  0.500       0       0  0.0000\n"
            "b               0          -       1  1.000       0       0  0.0000\n"
            "spent 0 USD\n");
  const auto json = nlohmann::json::parse(interview_json(result));
  EXPECT_EQ(json["experts"][0]["known"], 3);
  EXPECT_EQ(json["experts"][0]["known_score"], 0.5);
}

TEST(InterviewText, ShowsWhatThisRunGradedAfterwards) {
  interview::InterviewSummary summary;
  summary.asked.experts = {progress("a", 2, 1, 0.0), progress("b", 3, 0, 0.0)};
  summary.programs = interview::ProgramSummary{
      .graded = 4, .right = 1, .experts = {{.graded = 4, .score_sum = 1.0}, {}}};
  const store::InterviewJournal::Killed killed;
  const InterviewResult result{summary, {KnownScores{3, 2.0}, KnownScores{}}, killed, {}};
  const std::string text = interview_text(result, {80, false});
  EXPECT_THAT(text, HasSubstr("a               1      0.250       3  0.667"));
  EXPECT_THAT(text, HasSubstr("b               0          -       0      -"));
}

TEST(InterviewText, SaysThatVerdictsNobodyCanReadAreNotAskedForAgain) {
  interview::InterviewSummary summary;
  summary.asked.experts = {progress("a", 2, 1, 1.0)};
  summary.asked.spent = Usd{1'000'000'000};
  summary.judged = interview::JudgeSummary{.judged = 2, .unread = 1, .spent = Usd{500'000'000}};
  const store::InterviewJournal::Killed killed;
  const InterviewResult result{summary, {KnownScores{3, 2.0}}, killed, {}};
  std::string text = interview_text(result, {80, false});
  EXPECT_FALSE(is_complete(summary));
  EXPECT_THAT(text, HasSubstr("1 answers have no grade"));
  EXPECT_THAT(text, testing::Not(HasSubstr("the same command asks for them again")));
  EXPECT_THAT(text, HasSubstr("spent 1.5 USD")) << "the judge's money is money";
  EXPECT_EQ(nlohmann::json::parse(interview_json(result))["spent_usd"], "1.5");
  summary.judged->failed = 1;
  text = interview_text(result, {80, false});
  EXPECT_THAT(text, HasSubstr("the same command asks for them again"));
  summary.judged->out_of_budget = true;
  EXPECT_THAT(interview_text(result, {80, false}), HasSubstr("stopped at the budget"));
  summary.judged.reset();
  EXPECT_TRUE(is_complete(summary));
}

TEST(InterviewText, SaysThatProgramsWereNotRun) {
  interview::InterviewSummary summary;
  summary.asked.experts = {progress("a", 2, 1, 0.0)};
  summary.programs = interview::ProgramSummary{.graded = 1, .right = 1, .ungraded = 2};
  const store::InterviewJournal::Killed killed;
  const InterviewResult result{summary, {KnownScores{1, 1.0}}, killed, {}};
  EXPECT_FALSE(is_complete(summary));
  const std::string text = interview_text(result, {80, false});
  EXPECT_THAT(text, HasSubstr("2 programs are on record and were not run yet"));
  EXPECT_THAT(text, HasSubstr("stopped; the same command goes on from here"));
  const auto json = nlohmann::json::parse(interview_json(result));
  EXPECT_EQ(json["stopped"], true);
  EXPECT_EQ(json["complete"], false);
  EXPECT_EQ(json["programs"]["ungraded"], 2);
}

TEST(InterviewText, FitsATerminalWithWhatWentWrong) {
  interview::InterviewSummary summary;
  summary.asked.experts = {progress("a-model-with-a-long-name-8b", 2, 1, 1.0)};
  summary.asked.experts[0].trouble = "http_503: the model is loading, try again in a minute";
  const store::InterviewJournal::Killed killed;
  const std::string text =
      interview_text({summary, {KnownScores{3, 2.0}}, killed, {}}, {80, false});
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    EXPECT_LE(report::display_width(text.substr(begin, text.find('\n', begin) - begin)), 80U);
  }
  EXPECT_THAT(text, HasSubstr("a-model-with-a-long-name-8b: http_503: the model is loading"));
}

}  // namespace
}  // namespace ooe::cli
