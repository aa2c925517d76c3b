#include "selfplay/writer.h"

#include <gmock/gmock.h>

#include "selfplay/question_filter.h"

namespace ooe::selfplay {
namespace {

const WritingSeed kChoice{.topic = "law", .level = 2, .form = Form::choice, .variant = 7};
const WritingSeed kNumber{.topic = "optics", .level = 1, .form = Form::number, .variant = 7};

TEST(ParseWritten, ReadsAnArrayAloneInAFenceOrInWords) {
  const std::string array =
      R"([{"question":"Which court is highest in the land of A?","choices":["one","two","three","four"],"answer":"C"}])";
  for (const std::string& text :
       {array, "Here they are:\n```json\n" + array + "\n```\nEnjoy!", "Sure. " + array + "\nEnjoy!",
        "<think>Choices [A-D], ```[1]``` each.</think>\n" + array}) {
    const auto written = parse_written(text, kChoice);
    ASSERT_TRUE(written) << written.error().message;
    ASSERT_EQ(written->questions.size(), 1U);
    const Question& question = written->questions[0];
    EXPECT_EQ(question.answer, "C");
    EXPECT_EQ(question.choices.size(), 4U);
    EXPECT_EQ(question.subject, "law");
    EXPECT_THAT(question.id, testing::StartsWith(kWrittenPrefix));
    QuestionFilter filter({});
    EXPECT_EQ(filter.screen(question), Screening::admitted);
  }
  const auto number = parse_written(
      R"([{"question":"How many colours has Newton's rainbow?","answer":7},
          {"question":"What is the refractive index of vacuum?","answer":"1.0"}])",
      kNumber);
  ASSERT_TRUE(number);
  EXPECT_EQ(number->questions.size(), 2U);
  EXPECT_EQ(number->questions[0].answer, "7");
}

TEST(ParseWritten, TellsWordsFromNumbers) {
  const WritingSeed words{.topic = "rivers", .level = 1, .form = Form::words, .variant = 7};
  const auto written = parse_written(
      R"([{"question":"Which river flows through Paris?","answer":"the Seine"},
          {"question":"How many bridges are there?","answer":"37"}])",
      words);
  ASSERT_TRUE(written);
  ASSERT_EQ(written->questions.size(), 1U);
  EXPECT_EQ(written->malformed, 1U);
  EXPECT_TRUE(is_open(written->questions[0]));
  Question number = written->questions[0];
  number.answer = "37";
  EXPECT_FALSE(is_open(number));
  Question found = written->questions[0];
  found.id = "of-a-benchmark";
  EXPECT_FALSE(is_open(found));
}

TEST(ParseWritten, CountsWhatIsNotAsItWasAskedFor) {
  const auto written = parse_written(
      R"([{"question":"Q one?","choices":["a","b","c"],"answer":"A"},
          {"question":"Q two?","choices":["a","b","c","d"],"answer":"E"},
          {"question":"Q three?","choices":["a","b","c",4],"answer":"A"},
          {"question":"Q four?","choices":["a","b","c","d"],"answer":"A","note":"mine"},
          {"question":5,"choices":["a","b","c","d"],"answer":"A"},
          {"question":"Q five?","answer":"A"}, "text", null])",
      kChoice);
  ASSERT_TRUE(written);
  EXPECT_TRUE(written->questions.empty());
  EXPECT_EQ(written->malformed, 8U);
  EXPECT_EQ(parse_written(R"([{"question":"How many?","answer":"many"}])", kNumber)->malformed, 1U);
}

TEST(WritingPrompt, SaysTopicLevelFormAndNumber) {
  const std::string choice = writing_prompt(kChoice).messages.back().content;
  EXPECT_THAT(choice, testing::StartsWith("Write 5 different questions about law."));
  EXPECT_THAT(choice, testing::HasSubstr("\"choices\""));
  const std::string number = writing_prompt(kNumber).messages.back().content;
  EXPECT_THAT(number, testing::Not(testing::HasSubstr("\"choices\"")));
  WritingSeed other = kNumber;
  other.variant = 8;
  EXPECT_NE(writing_prompt(other).messages.back().content, number);
  other = kNumber;
  other.level = 4;
  EXPECT_NE(writing_prompt(other).messages.back().content, number);
}

TEST(ParseWritten, RefusesWhatIsNoArray) {
  for (const char* text : {"", "<think>An array [", "I cannot do that.", "{\"question\":\"x\"}",
                           "[1, 2", "```\n[\n```"}) {
    const auto written = parse_written(text, kChoice);
    ASSERT_FALSE(written) << text;
    EXPECT_EQ(written.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace ooe::selfplay
