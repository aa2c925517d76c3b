#include "dataset/benchmark.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "dataset/csv_reader.h"

namespace ooe::dataset {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Folder {
 public:
  Folder() : path_(fs::path(::testing::TempDir()) / ("benchmark_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::vector<std::vector<std::string>> records_of(std::string_view csv) {
  std::vector<std::vector<std::string>> records;
  CsvReader reader(csv, "f.csv");
  while (true) {
    const auto more = reader.next();
    if (!more) return {{more.error().message}};
    if (!*more) return records;
    records.push_back(reader.cells());
  }
}

TEST(CsvReader, ReadsQuotedCells) {
  using Records = std::vector<std::vector<std::string>>;
  struct Case {
    const char* csv;
    Records records;
  };
  const std::vector<Case> cases{
      {"", {}},
      {"a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"a,b\r\n\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"\xEF\xBB\xBF"
       "a,b",
       {{"a", "b"}}},
      {"a,,\n", {{"a", "", ""}}},
      {",\n", {{"", ""}}},
      {"\"a,b\",\"c\"\"d\"\n", {{"a,b", "c\"d"}}},
      {"\"two\nlines\",x", {{"two\nlines", "x"}}},
      {"5\" pipe,x", {{"5\" pipe", "x"}}},
      {"\"\",\"\"", {{"", ""}}},
  };
  for (const auto& [csv, records] : cases) {
    SCOPED_TRACE(csv);
    EXPECT_EQ(records_of(csv), records);
  }
  EXPECT_THAT(records_of("a\n\"b\nc")[0][0], HasSubstr("f.csv:2: a quoted cell is never closed"));
  EXPECT_THAT(records_of("\"a\nb\"c")[0][0], HasSubstr("f.csv:2: text follows"));
  EXPECT_THAT(records_of("a\n\xff,b")[0][0], HasSubstr("f.csv:2: not valid UTF-8"));
}

TEST(Benchmark, ReadsMmlusFolders) {
  const Folder folder;
  folder.write("dev/law_dev.csv", "What is a tort?,\"a, cake\",battery,theft,wine,B\n");
  folder.write("test/law_test.csv", "Who sues?,a,b,c,d,D\n\"Which \"\"one\"\"?\",e,f,g,h,A\n");
  folder.write("test/art_test.csv", "Who paints?,a,b,c,d,C\n");
  folder.write("test/notes.txt", "not a table");
  const auto benchmark = load_benchmark(folder.path());
  ASSERT_TRUE(benchmark.has_value()) << benchmark.error().message;
  EXPECT_EQ(benchmark->format, "mmlu");
  ASSERT_EQ(benchmark->questions.size(), 3U);
  EXPECT_EQ(benchmark->questions[0].id, "mmlu-art-test-0");
  EXPECT_EQ(benchmark->questions[2].id, "mmlu-law-test-1");
  EXPECT_EQ(benchmark->questions[2].question, "Which \"one\"?");
  EXPECT_EQ(benchmark->questions[2].subject, "law");
  EXPECT_THAT(benchmark->questions[2].choices, ElementsAre("e", "f", "g", "h"));
  EXPECT_EQ(benchmark->questions[2].answer, "A");
  ASSERT_EQ(benchmark->examples.size(), 1U);
  EXPECT_EQ(benchmark->examples[0].question.choices[0], "a, cake");
  EXPECT_THAT(load_benchmark(folder.path(), {.split = "val"}).error().message,
              HasSubstr("no split 'val'; there are: dev, test"));
  EXPECT_EQ(load_benchmark(folder.path(), {.split = "dev"})->questions.size(), 1U);
}

TEST(Benchmark, NamesTheLineOfABadMmluRow) {
  EXPECT_THAT(parse_mmlu_csv("q,a,b,c,d,A\nq,a,b,c,A\n", "f", "law", "test").error().message,
              HasSubstr("f:2: 5 cells"));
  EXPECT_THAT(parse_mmlu_csv("q,a,b,c,d,E\n", "f", "law", "test").error().message,
              HasSubstr("f:1: the answer is 'E'"));
  EXPECT_THAT(parse_mmlu_csv(",a,b,c,d,A\n", "f", "law", "test").error().message,
              HasSubstr("f:1: the question is empty"));
}

TEST(Benchmark, ReadsGsm8ksLinesWithExamplesFromTheTrainingFile) {
  const Folder folder;
  const std::string line =
      R"({"question":"Two and two?","answer":"Add: 2+2=<<2+2=4>>4.\nDone.\n#### 4"})";
  const std::string big = R"({"question":"Big?","answer":"#### 1,000"})";
  folder.write("train.jsonl", line + "\n" + line + "\n");
  const std::string test = folder.write("test.jsonl", big + "\n");
  for (const std::string& path : {test, folder.path()}) {
    const auto benchmark = load_benchmark(path);
    ASSERT_TRUE(benchmark.has_value()) << benchmark.error().message;
    EXPECT_EQ(benchmark->format, "gsm8k");
    ASSERT_EQ(benchmark->questions.size(), 1U);
    EXPECT_EQ(benchmark->questions[0].id, "gsm8k-test-0");
    EXPECT_EQ(benchmark->questions[0].answer, "1,000");
    ASSERT_EQ(benchmark->examples.size(), 2U);
    EXPECT_EQ(benchmark->examples[1].question.id, "gsm8k-train-1");
    EXPECT_EQ(benchmark->examples[1].question.answer, "4");
    EXPECT_EQ(benchmark->examples[1].solution, "Add: 2+2=4.\nDone.");
  }
  EXPECT_THAT(parse_gsm8k(line + "\n{\"question\":\"x\"}", "f", "test").error().message,
              HasSubstr("f:2: not a line of GSM8K"));
  EXPECT_THAT(parse_gsm8k("[]", "f", "test").error().message, HasSubstr("f:1: not a JSON object"));
}

TEST(Benchmark, ReadsForeignFilesByAMapping) {
  const auto map = parse_column_map("question=doc.q,choices=opts,answer=gold,id=key,split=part");
  ASSERT_TRUE(map.has_value());
  const auto questions = parse_mapped_jsonl(
      R"({"key":7,"doc":{"q":"Who?"},"opts":["me","you"],"gold":1}
{"key":"b","doc":{"q":"What?"},"opts":["0","1","2"],"gold":"1"}
{"key":"c","doc":{"q":"Open?"},"gold":3.5}
{"key":"d","doc":{"q":"Unknown?"},"gold":null,"part":"dev"}
)",
      "f.jsonl", "mine", *map);
  ASSERT_TRUE(questions.has_value()) << questions.error().message;
  ASSERT_EQ(questions->size(), 4U);
  EXPECT_EQ((*questions)[0].id, "7");
  EXPECT_EQ((*questions)[0].answer, "B") << "a position, from 0";
  EXPECT_EQ((*questions)[1].answer, "B") << "a choice's text comes before a position";
  EXPECT_EQ((*questions)[2].answer, "3.5");
  EXPECT_EQ((*questions)[3].answer, "");
  EXPECT_EQ((*questions)[3].split, "dev");
  EXPECT_EQ((*questions)[3].benchmark, "mine");

  const auto csv_map = *parse_column_map("question=prompt,choices=A+B+C,answer=label");
  const auto rows = parse_mapped_csv("label,prompt,A,B,C\nB,Who?,me,you,\n", "f", "mine", csv_map);
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_EQ((*rows)[0].id, "mine-0");
  EXPECT_THAT((*rows)[0].choices, ElementsAre("me", "you"));
  EXPECT_EQ((*rows)[0].answer, "B");
}

// "2" among 8, 2, 24 and 120 is B as a text and C as a position.
TEST(Benchmark, ANumberIsAPositionOrATextAsTheWholeFileHasIt) {
  const auto map = *parse_column_map("question=q,choices=c,answer=a");
  const auto json_answers = [&](const std::string& jsonl) {
    const auto questions = parse_mapped_jsonl(jsonl, "f", "m", map);
    std::string letters;
    for (const Question& question : questions.value()) letters += question.answer;
    return letters;
  };
  const std::string numbers = R"({"q":"?","c":["8","2","24","120"],"a":)";
  EXPECT_EQ(json_answers(numbers + "2}"), "C") << "a number is a position";
  EXPECT_EQ(json_answers(numbers + "\"2\"}"), "B") << "a text is a choice's";
  EXPECT_EQ(json_answers(numbers + "2}\n" + numbers + "24}"), "BC") << "24 is no position";
  EXPECT_EQ(json_answers(numbers + "\"2\"}\n" + R"({"q":"!","c":["a","b"],"a":"0"})"), "CA");

  const auto csv_map = *parse_column_map("question=q,choices=A+B+C,answer=l");
  const auto csv_answers = [&](const std::string& lines) {
    const auto questions = parse_mapped_csv("q,A,B,C,l\n" + lines, "f", "m", csv_map);
    std::string letters;
    for (const Question& question : questions.value()) letters += question.answer;
    return letters;
  };
  EXPECT_EQ(csv_answers("?,8,2,24,2\n?,1,2,3,3\n"), "BC") << "all are texts";
  EXPECT_EQ(csv_answers("?,8,2,24,2\n?,a,b,c,0\n"), "CA") << "not all, but all are positions";
  EXPECT_EQ(csv_answers("?,8,2,24,2\n?,a,b,c,0\n?,7,8,9,9\n"), "BAC") << "as each row has it";
}

TEST(Benchmark, ABlankChoiceKeepsItsLetter) {
  const auto map = *parse_column_map("question=q,choices=A+B+C,answer=l");
  const auto rows = parse_mapped_csv("q,A,B,C,l\n?,me,,you,C\n?,me,you,,1\n", "f", "m", map);
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_THAT((*rows)[0].choices, ElementsAre("me", "", "you"));
  EXPECT_EQ((*rows)[0].answer, "C");
  EXPECT_THAT((*rows)[1].choices, ElementsAre("me", "you"));
  EXPECT_EQ((*rows)[1].answer, "B");
  const auto lines =
      parse_mapped_jsonl(R"({"q":"?","A":"me","B":null,"C":"you","l":"C"})", "f", "m", map);
  ASSERT_TRUE(lines.has_value()) << lines.error().message;
  EXPECT_THAT((*lines)[0].choices, ElementsAre("me", "", "you"));
}

TEST(Benchmark, SaysWhatIsWrongWithAMappingOrARow) {
  EXPECT_THAT(parse_column_map("question").error().message, HasSubstr("FIELD=COLUMN"));
  EXPECT_THAT(parse_column_map("answer=x").error().message, HasSubstr("'question' is missing"));
  EXPECT_THAT(parse_column_map("question=x,anwser=y").error().message, HasSubstr("'answer'"));
  EXPECT_THAT(parse_column_map("question=x,question=y").error().message, HasSubstr("twice"));
  const auto map = *parse_column_map("question=prompt,choices=A+B,answer=label");
  EXPECT_THAT(parse_mapped_csv("promt,A,B,label\n", "f", "m", map).error().message,
              HasSubstr("no column 'prompt'"));
  EXPECT_THAT(parse_mapped_csv("prompt,A,B,label\nq,a,b\n", "f", "m", map).error().message,
              HasSubstr("f:2: 3 cells under 4 columns"));
  EXPECT_THAT(parse_mapped_csv("prompt,A,B,label\nq,a,b,zz\n", "f", "m", map).error().message,
              HasSubstr("f:2: the answer 'zz' is no letter"));
  EXPECT_THAT(parse_mapped_csv("prompt,A,B,label\n,a,b,A\n", "f", "m", map).error().message,
              HasSubstr("f:2: no question in 'prompt'"));
}

TEST(Benchmark, ReadsOurOwnFilesWithTheDevSplitAsExamples) {
  const Folder folder;
  const auto benchmark = load_benchmark(
      folder.write("q.jsonl", R"({"id":"a","question":"x?","answer":"1"})"
                              "\n"
                              R"({"id":"b","question":"y?","answer":"2","split":"dev"})"));
  ASSERT_TRUE(benchmark.has_value()) << benchmark.error().message;
  EXPECT_EQ(benchmark->format, "ooe");
  EXPECT_EQ(benchmark->questions.size(), 1U);
  ASSERT_EQ(benchmark->examples.size(), 1U);
  EXPECT_EQ(benchmark->examples[0].question.id, "b");
}

TEST(Benchmark, TakesOneSplitOfAFileOrNamesThoseThereAre) {
  const Folder folder;
  const std::string path = folder.write("q.jsonl",
                                        R"({"id":"a","question":"x?","answer":"1","split":"test"}
{"id":"b","question":"y?","answer":"2","split":"train"}
{"id":"c","question":"z?","answer":"3","split":"dev"}
)");
  EXPECT_EQ(load_benchmark(path)->questions.size(), 2U);
  const auto training = load_benchmark(path, {.split = "train"});
  ASSERT_EQ(training->questions.size(), 1U);
  EXPECT_EQ(training->questions[0].id, "b");
  EXPECT_EQ(training->examples.size(), 1U);
  EXPECT_TRUE(load_benchmark(path, {.split = "dev"})->examples.empty());
  EXPECT_THAT(load_benchmark(path, {.split = "zz"}).error().message,
              HasSubstr("no split 'zz'; there are: dev, test, train"));
  const std::string plain = folder.write("plain.jsonl", R"({"id":"a","question":"x?"})");
  EXPECT_THAT(load_benchmark(plain, {.split = "test"}).error().message, HasSubstr("have none"));
  const auto map = *parse_column_map("question=q");
  EXPECT_THAT(
      load_benchmark(folder.write("m.csv", "q\nx?\n"), {.split = "zz", .map = map}).error().message,
      HasSubstr("no split 'zz'"));
}

TEST(Benchmark, RefusesBadFilesByName) {
  const Folder folder;
  EXPECT_THAT(load_benchmark(folder.write("none.jsonl", "")).error().message,
              HasSubstr("none.jsonl: there is no question in it"));
  EXPECT_THAT(load_benchmark(folder.write("x.csv", "a,b\n")).error().message, HasSubstr("--map"));
  EXPECT_THAT(load_benchmark(folder.path() + "/nowhere").error().message, HasSubstr("nowhere"));
  const std::string twice = folder.write("twice.csv", "i,q\n1,x?\n1,y?\n");
  EXPECT_THAT(load_benchmark(twice, {.map = *parse_column_map("id=i,question=q")}).error().message,
              HasSubstr("the id '1' is there twice"));
  EXPECT_THAT(load_benchmark(folder.write("latin.jsonl", "{\"id\":\"\xff\"}")).error().message,
              HasSubstr("UTF-8"));
}

TEST(Benchmark, SaysWhatFoldersAreWhenOneIsNeither) {
  const Folder folder;
  folder.write("law.jsonl", "{}\n");
  folder.write("notes/readme.md", "");
  const auto benchmark = load_benchmark(folder.path(), {});
  ASSERT_FALSE(benchmark.has_value());
  EXPECT_THAT(benchmark.error().message, HasSubstr("a folder is MMLU's, with 'test/*_test.csv'"));
  EXPECT_THAT(benchmark.error().message, HasSubstr(folder.path() + "/*.jsonl"));
  EXPECT_THAT(benchmark.error().message, ::testing::Not(HasSubstr("notes")));
}

}  // namespace
}  // namespace ooe::dataset
