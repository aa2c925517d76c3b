#include "dataset/benchmark.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <unordered_set>

#include <fmt/ranges.h>

#include "base/file.h"
#include "dataset/json_line.h"
#include "dataset/question_file.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

namespace fs = std::filesystem;

// Without folder and endings: "test" of "gsm8k/test.jsonl.gz".
std::string bare_name(const fs::path& file) {
  const fs::path whole = file.extension() == ".gz" ? file.stem() : file;
  return whole.stem().string();
}

constexpr std::string_view kDev = "dev";
constexpr std::string_view kTest = "test";

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

tl::unexpected<Error> no_such_split(std::string_view path, std::string_view split,
                                    std::set<std::string> there) {
  there.erase("");  // of a question that says none
  return fail(ErrorCode::invalid_argument, "{}: it has no split '{}'; {}", path, split,
              there.empty() ? std::string("its questions have none, so leave --split away")
                            : fmt::format("there are: {}", fmt::join(there, ", ")));
}

// Questions of a file of ours or a mapped one: those of the split "dev" are examples, unless that
// is what is asked.
Result<Benchmark> divided(std::string format, std::string_view path, const std::string& split,
                          std::vector<Question> questions) {
  Benchmark benchmark{.format = std::move(format), .questions = {}, .examples = {}};
  std::set<std::string> there;
  for (Question& question : questions) {
    there.insert(question.split);
    if (split.empty() ? question.split != kDev : question.split == split) {
      benchmark.questions.push_back(std::move(question));
    } else if (question.split == kDev) {
      benchmark.examples.push_back({std::move(question), ""});
    }
  }
  if (!split.empty() && benchmark.questions.empty()) return no_such_split(path, split, there);
  return benchmark;
}

// "anatomy_test.csv" of the folder test/, in the order of their names.
Result<std::vector<Question>> load_mmlu_split(const fs::path& folder, const std::string& split) {
  std::vector<fs::path> files;
  const std::string ending = "_" + split + ".csv";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder / split, error)) {
    if (entry.path().filename().string().ends_with(ending)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Question> all;
  for (const fs::path& file : files) {
    const auto text = read_file(file.string());
    if (!text) return fail(text.error());
    std::string subject = file.filename().string();
    subject.resize(subject.size() - ending.size());
    auto questions = parse_mmlu_csv(*text, file.string(), subject, split);
    if (!questions) return fail(questions.error());
    std::ranges::move(*questions, std::back_inserter(all));
  }
  return all;
}

Result<Benchmark> load_mmlu(const fs::path& folder, const std::string& split) {
  Benchmark benchmark{.format = "mmlu", .questions = {}, .examples = {}};
  auto questions = load_mmlu_split(folder, split);
  if (!questions) return fail(questions.error());
  benchmark.questions = std::move(*questions);
  if (split == kDev) return benchmark;
  auto examples = load_mmlu_split(folder, std::string(kDev));
  if (!examples) return fail(examples.error());
  for (Question& question : *examples) benchmark.examples.push_back({std::move(question), ""});
  return benchmark;
}

// Examples come from train.jsonl beside the file, unless that is what is asked.
Result<Benchmark> load_gsm8k(const fs::path& file) {
  Benchmark benchmark{.format = "gsm8k", .questions = {}, .examples = {}};
  const auto text = read_file(file.string());
  if (!text) return fail(text.error());
  auto asked = parse_gsm8k(*text, file.string(), bare_name(file));
  if (!asked) return fail(asked.error());
  for (WorkedExample& example : *asked) {
    benchmark.questions.push_back(std::move(example.question));
  }
  const fs::path train = file.parent_path() / "train.jsonl";
  if (file.filename() == "train.jsonl" || !is_file(train)) return benchmark;
  const auto train_text = read_file(train.string());
  if (!train_text) return fail(train_text.error());
  auto examples = parse_gsm8k(*train_text, train.string(), "train");
  if (!examples) return fail(examples.error());
  benchmark.examples = std::move(*examples);
  return benchmark;
}

// A first line with a worked answer and no id: GSM8K's, which our own format would refuse.
bool looks_like_gsm8k(std::string_view text) {
  LineReader lines(text);
  if (!lines.next()) return false;
  simdjson::dom::parser parser;
  const auto object = parse_json_line(parser, lines.line(), "", 1);
  if (!object || member_at(*object, "id") || !member_at(*object, "question")) return false;
  const auto answer = member_at(*object, "answer");
  return answer && text_of(*answer).find("####") != std::string::npos;
}

Result<Benchmark> load_mapped(const fs::path& file, const std::string& split,
                              const ColumnMap& map) {
  const auto text = read_file(file.string());
  if (!text) return fail(text.error());
  const std::string name = file.string();
  const std::string stem = bare_name(file);
  const bool csv = name.ends_with(".csv") || name.ends_with(".csv.gz");
  auto questions =
      csv ? parse_mapped_csv(*text, name, stem, map) : parse_mapped_jsonl(*text, name, stem, map);
  if (!questions) return fail(questions.error());
  return divided("mapped", name, split, std::move(*questions));
}

// Of a folder of MMLU's, or of GSM8K's, of which each has its own names; none of any other.
std::set<std::string> splits_in(const fs::path& folder) {
  std::set<std::string> splits;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = bare_name(entry.path());
    if (is_file(entry.path()) && entry.path().extension() == ".jsonl") {
      if (name == "train" || name == kTest) splits.insert(name);
      continue;
    }
    std::error_code unread;
    for (const auto& file : fs::directory_iterator(entry.path(), unread)) {
      if (file.path().filename().string().ends_with("_" + name + ".csv")) splits.insert(name);
    }
  }
  return splits;
}

Result<Benchmark> load_folder(const fs::path& folder, const std::string& split) {
  if (is_file(folder / (split + ".jsonl"))) return load_gsm8k(folder / (split + ".jsonl"));
  if (is_folder(folder / split)) return load_mmlu(folder, split);
  const std::set<std::string> there = splits_in(folder);
  if (!there.empty()) return no_such_split(folder.string(), split, there);
  return fail(
      ErrorCode::invalid_argument,
      "{0}: a folder is MMLU's, with '{1}/*_{1}.csv', or GSM8K's, with '{1}.jsonl', and this "
      "is neither; name files by themselves, as in {0}/*.jsonl",
      folder.string(), split);
}

Result<Benchmark> load(const std::string& path, const BenchmarkOptions& options) {
  if (is_folder(path)) {
    return load_folder(path, options.split.empty() ? std::string(kTest) : options.split);
  }
  if (!options.map.empty()) return load_mapped(path, options.split, options.map);
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  if (path.ends_with(".csv") || path.ends_with(".csv.gz")) {
    return fail(ErrorCode::invalid_argument,
                "{}: whose columns mean what? Say it with --map "
                "question=COLUMN,choices=COLUMN+COLUMN,answer=COLUMN",
                path);
  }
  if (looks_like_gsm8k(*text)) {
    const std::string split = bare_name(path);  // its name says it
    if (!options.split.empty() && options.split != split) {
      return no_such_split(path, options.split, {split});
    }
    return load_gsm8k(path);
  }
  auto questions = parse_questions(*text, path);
  if (!questions) return fail(questions.error());
  return divided("ooe", path, options.split, std::move(*questions));
}

}  // namespace

Result<Benchmark> load_benchmark(const std::string& path, const BenchmarkOptions& options) {
  auto benchmark = load(path, options);
  if (!benchmark) return benchmark;
  if (benchmark->questions.empty()) {
    return fail(ErrorCode::invalid_argument, "{}: there is no question in it to ask{}", path,
                benchmark->examples.empty() ? "" : ", only worked examples (split 'dev')");
  }
  std::unordered_set<std::string_view> ids;
  for (const Question& question : benchmark->questions) {
    if (!ids.insert(question.id).second) {
      return fail(ErrorCode::invalid_argument,
                  "{}: the id {} is there twice; ids must be unique within a benchmark", path,
                  shown(question.id));
    }
  }
  return benchmark;
}

}  // namespace ooe::dataset
