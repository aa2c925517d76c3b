#include "interview/prompt.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

Question question_of(const char* text, const char* answer, const char* subject = "law") {
  Question question;
  question.id = text;
  question.benchmark = "bar";
  question.subject = subject;
  question.question = text;
  question.choices = {"three", "four"};
  question.answer = answer;
  return question;
}

WorkedExample example_of(const char* text, const char* subject, const char* solution = "") {
  return {question_of(text, "A", subject), solution};
}

experts::ChatPrompt chat_of(const Question& question, const PromptOptions& options,
                            GraderKind grader = GraderKind::choice) {
  return *Prompter::make(options)->render(question, grader);
}

std::string hash_of(const Question& question, const PromptOptions& options,
                    GraderKind grader = GraderKind::choice) {
  const auto prompter = Prompter::make(options);
  return prompter->key(*prompter->render(question, grader), grader).prompt_hash;
}

TEST(Prompter, ShowsThePresentedTextUnchanged) {
  for (const PromptStyle style : {PromptStyle::free, PromptStyle::direct, PromptStyle::cot}) {
    const auto chat = chat_of(question_of("How much?", "B"), {.style = style});
    ASSERT_EQ(chat.messages.size(), 2U);
    EXPECT_EQ(chat.messages[0].role, "system");
    EXPECT_THAT(chat.messages[0].content, HasSubstr("\"Answer: \" and the letter"));
    EXPECT_EQ(chat.messages[1].role, "user");
    EXPECT_EQ(chat.messages[1].content, "How much?\nA. three\nB. four");
  }
}

// Answers that have been paid for are found by these: they may never change.
TEST(Prompter, KeepsTheKeysOfAnswersOnRecord) {
  const auto prompter = Prompter::make({});
  const auto chat = prompter->render(question_of("How much?", "B"), GraderKind::choice);
  EXPECT_EQ(chat->messages[0].content,
            "Answer the multiple-choice question. Think as long as you need, then end with one "
            "line that says \"Answer: \" and the letter of the right choice.");
  const PromptKey key = prompter->key(*chat, GraderKind::choice);
  EXPECT_EQ(key.prompt_hash, "0ee726be9a900fc99ce019e55cb6c0d7");
  EXPECT_EQ(key.parameters_hash, "855978162e3fbf887eec4e6a37977274");
}

TEST(Prompter, HashesWhatTheExpertSeesAndNothingElse) {
  const Question question = question_of("How much?", "B");
  const std::string hash = hash_of(question, {});
  Question same = question;
  same.id = "other";
  same.answer = "A";
  same.subject = "tax";
  EXPECT_EQ(hash_of(same, {}), hash);
  same.choices[0] = "five";
  EXPECT_NE(hash_of(same, {}), hash);
  EXPECT_NE(hash_of(question, {}, GraderKind::text), hash);
  EXPECT_NE(hash_of(question, {.style = PromptStyle::cot}), hash);
  EXPECT_NE(hash_of(question, {.custom = PromptTemplate{.name = "x", .system = "Go."}}), hash);
  EXPECT_EQ(hash_of(question, {.max_tokens = 9}), hash);
  const auto short_prompter = Prompter::make({.max_tokens = 9});
  const auto long_prompter = Prompter::make({});
  EXPECT_NE(short_prompter->key({}, GraderKind::choice).parameters_hash,
            long_prompter->key({}, GraderKind::choice).parameters_hash);
  const std::vector<WorkedExample> one = {example_of("x?", "law")};
  const std::vector<WorkedExample> other = {example_of("y?", "law")};
  EXPECT_NE(hash_of(question, {.shots = 1, .examples = one}), hash);
  EXPECT_NE(hash_of(question, {.shots = 1, .examples = one}),
            hash_of(question, {.shots = 1, .examples = other}));
}

TEST(Prompter, EveryStyleOfEveryGraderHasItsOwnName) {
  std::set<std::string> hashes;
  for (const PromptStyle style : {PromptStyle::free, PromptStyle::direct, PromptStyle::cot}) {
    for (const GraderKind grader :
         {GraderKind::choice, GraderKind::number, GraderKind::text, GraderKind::json}) {
      hashes.insert(Prompter::make({.style = style})->key({}, grader).prompt_hash);
    }
  }
  EXPECT_EQ(hashes.size(), 12U);
}

TEST(Prompter, ShowsExamplesOfTheSubjectAsTurnsBeforeTheQuestion) {
  const PromptOptions options{
      .shots = 2,
      .examples = {example_of("tax 1", "tax"), example_of("How much?", "law"),
                   example_of("law 1", "law", "Because {answer}."), example_of("law 2", "law"),
                   example_of("law 3", "law")}};
  const auto chat = chat_of(question_of("How much?", "B"), options);
  ASSERT_EQ(chat.messages.size(), 6U);
  EXPECT_EQ(chat.messages[1].content, "law 1\nA. three\nB. four")
      << "nobody is shown the answer to the question itself";
  EXPECT_EQ(chat.messages[2].role, "assistant");
  EXPECT_EQ(chat.messages[2].content, "Because {answer}.\nAnswer: A");
  EXPECT_EQ(chat.messages[3].content, "law 2\nA. three\nB. four");
  EXPECT_EQ(chat.messages[4].content, "Answer: A");
  EXPECT_EQ(chat.messages[5].content, "How much?\nA. three\nB. four");
  PromptOptions direct = options;
  direct.style = PromptStyle::direct;
  EXPECT_EQ(chat_of(question_of("How much?", "B"), direct).messages[2].content, "Answer: A");
}

TEST(Prompter, TakesTheBenchmarksExamplesWhereTheSubjectHasNone) {
  const PromptOptions options{.shots = 1, .examples = {example_of("tax 1", "tax")}};
  EXPECT_EQ(chat_of(question_of("?", "B", "art"), options).messages.size(), 4U);
  const auto prompter = Prompter::make(
      {.shots = 2, .examples = {example_of("tax 1", "tax"), example_of("law 1", "law")}});
  const auto chat = prompter->render(question_of("?", "B", "tax"), GraderKind::choice);
  ASSERT_FALSE(chat.has_value());
  EXPECT_THAT(chat.error().message,
              HasSubstr("1 worked examples of benchmark 'bar', subject 'tax'"));
}

TEST(Prompter, TakesATemplateOfTheUsers) {
  const PromptOptions options{
      .custom =
          PromptTemplate{
              .name = "mine/1", .system = "", .user = "Q: {text}\nGo.", .shot = "{answer}!"},
      .shots = 1,
      .examples = {example_of("{text}?", "law")}};
  const auto chat = chat_of(question_of("How much?", "B"), options);
  ASSERT_EQ(chat.messages.size(), 3U);
  EXPECT_EQ(chat.messages[0].content, "Q: {text}?\nA. three\nB. four\nGo.");
  EXPECT_EQ(chat.messages[1].content, "A!");
  EXPECT_EQ(chat.messages[2].content, "Q: How much?\nA. three\nB. four\nGo.");
  EXPECT_FALSE(
      Prompter::make({.custom = PromptTemplate{.name = "x", .system = "", .user = "no slot"}}));
  EXPECT_FALSE(Prompter::make(
      {.custom = PromptTemplate{.name = "x", .system = "", .user = "{text}", .shot = "no slot"}}));
}

}  // namespace
}  // namespace ooe::interview
