#include "dataset/question_file.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::dataset {
namespace {

using ::testing::HasSubstr;

TEST(QuestionFile, ReadsWhatALineSaysAndIgnoresTheRest) {
  const auto questions = parse_questions(
      "\xEF\xBB\xBF"
      R"({"id": "q1", "benchmark": "b", "split": "test", "subject": "law", "category": "arts",)"
      R"( "question": "Which?", "choices": ["a tort", "a crime"], "answer": "B", "solution": {"x": [1]}})"
      "\r\n\n  \n"
      R"({"question": "caf\u00e9?", "id": "q2"})",
      "q.jsonl");
  ASSERT_TRUE(questions.has_value()) << questions.error().message;
  ASSERT_EQ(questions->size(), 2U);
  const Question& first = questions->front();
  EXPECT_EQ(first.id, "q1");
  EXPECT_EQ(first.benchmark, "b");
  EXPECT_EQ(first.split, "test");
  EXPECT_EQ(first.subject, "law");
  EXPECT_EQ(first.category, "arts");
  EXPECT_EQ(first.question, "Which?");
  EXPECT_EQ(first.choices, (std::vector<std::string>{"a tort", "a crime"}));
  EXPECT_EQ(first.answer, "B");
  EXPECT_EQ(questions->back().question, "caf\xC3\xA9?");
  EXPECT_TRUE(questions->back().answer.empty());
}

TEST(QuestionFile, AnEmptyFileHasNoQuestions) {
  const auto questions = parse_questions("", "q.jsonl");
  ASSERT_TRUE(questions.has_value());
  EXPECT_TRUE(questions->empty());
}

TEST(QuestionFile, AnswersMayBeNumbersTextOrUnknown) {
  struct Case {
    std::string_view json;
    std::string_view answer;
  };
  for (const auto& [json, answer] :
       {Case{"72", "72"}, Case{"-3", "-3"}, Case{"0.1", "0.1"},
        Case{"18446744073709551615", "18446744073709551615"}, Case{"1e21", "1e+21"},
        Case{R"("1,000")", "1,000"}, Case{"null", ""}, Case{R"("")", ""}}) {
    SCOPED_TRACE(json);
    const std::string line = R"({"id": "q", "question": "?", "answer": )" + std::string(json) + "}";
    const auto questions = parse_questions(line, "q.jsonl");
    ASSERT_TRUE(questions.has_value()) << questions.error().message;
    EXPECT_EQ(questions->front().answer, answer);
  }
}

TEST(QuestionFile, RefusesBadLinesAndSaysWhereAndWhy) {
  struct Case {
    std::string_view line;
    std::string_view says;
    ErrorCode code;
  };
  const std::string many = [] {
    std::string list = R"({"id": "q", "question": "?", "choices": ["x")";
    for (int i = 0; i < 26; ++i) list += R"(, "x")";
    return list + "]}";
  }();
  const Case cases[] = {
      {R"({"id": "good", "question": "again"})", "'id' 'good' is already on line 1",
       ErrorCode::invalid_argument},
      {R"({"question": "?"})", "no 'id'", ErrorCode::invalid_argument},
      {R"({"id": "", "question": "?"})", "no 'id'", ErrorCode::invalid_argument},
      {R"({"id": 7, "question": "?"})", "'id' is '7'; give a string", ErrorCode::invalid_argument},
      {R"({"id": "a\tb", "question": "?"})", "control character", ErrorCode::invalid_argument},
      {R"({"id": "q"})", "no 'question' for id 'q'", ErrorCode::invalid_argument},
      {R"({"id": "q", "question": "?", "choices": "AB"})", "'choices' is '\"AB\"'; give a list",
       ErrorCode::invalid_argument},
      {R"({"id": "q", "question": "?", "choices": ["a", 2]})", "'choices' contains '2'",
       ErrorCode::invalid_argument},
      {many, "more than 26", ErrorCode::invalid_argument},
      {R"({"id": "q", "question": "?", "choices": ["a", "b"], "answer": "C"})",
       "'answer' is 'C'; give a letter from A to B", ErrorCode::invalid_argument},
      {R"({"id": "q", "question": "?", "choices": ["a", "b"], "answer": 1})", "'answer' is '1'",
       ErrorCode::invalid_argument},
      {R"({"id": "q", "question": "?", "answer": ["A"]})", "'answer' is '[\"A\"]'",
       ErrorCode::invalid_argument},
      {R"(["id"])", "is not an object", ErrorCode::invalid_argument},
      {R"({"id": "q", "question": )", "not JSON", ErrorCode::corrupt},
      {R"({"id": "q", "question": "?"} {})", "not JSON", ErrorCode::corrupt},
      {"{\"id\": \"q\", \"question\": \"\xC0\xAF\"}", "not valid UTF-8", ErrorCode::corrupt},
  };
  for (const auto& [line, says, code] : cases) {
    SCOPED_TRACE(line);
    const std::string file = "{\"id\": \"good\", \"question\": \"?\"}\n" + std::string(line) + "\n";
    const auto questions = parse_questions(file, "q.jsonl");
    ASSERT_FALSE(questions.has_value());
    EXPECT_THAT(questions.error().message, HasSubstr("q.jsonl:2: "));
    EXPECT_THAT(questions.error().message, HasSubstr(std::string(says)));
    EXPECT_EQ(questions.error().code, code);
  }
}

TEST(QuestionFile, WhatIsWrittenIsReadBackTheSame) {
  std::vector<Question> questions(3);
  questions[0] = {"q1", "b", "train", "s", "c", "Line\none \"two\"\t\\", {"x", "y"}, "A"};
  questions[1] = {"q2",
                  "",
                  "",
                  "",
                  "",
                  "\xE2\x88\x9A"
                  "2?",
                  {},
                  "1.5"};
  questions[2] = {"q3", "", "", "", "", "open", {}, ""};
  const auto path = std::string(::testing::TempDir()) + "/question_file_test.jsonl.gz";
  ASSERT_TRUE(write_questions(path, questions).has_value());
  const auto read = load_questions(path);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    EXPECT_EQ(questions_jsonl(std::span(&(*read)[i], 1)),
              questions_jsonl(std::span(&questions[i], 1)));
    EXPECT_EQ((*read)[i].question, questions[i].question);
    EXPECT_EQ((*read)[i].choices, questions[i].choices);
    EXPECT_EQ((*read)[i].answer, questions[i].answer);
  }
}

TEST(QuestionFile, AMissingFileIsNamed) {
  const auto questions = load_questions("/nowhere/q.jsonl");
  ASSERT_FALSE(questions.has_value());
  EXPECT_EQ(questions.error().code, ErrorCode::not_found);
  EXPECT_THAT(questions.error().message, HasSubstr("/nowhere/q.jsonl"));
}

}  // namespace
}  // namespace ooe::dataset
