#include "cli/questions_of_files.h"

#include <utility>

#include "dataset/question_file.h"

namespace ooe::cli {

Result<void> QuestionsOfFiles::add(std::vector<Question> more, const std::string& file) {
  for (Question& question : more) {
    const auto [at, is_new] = places_.emplace(question.id, Place{questions_.size(), file});
    if (is_new) {
      questions_.push_back(std::move(question));
      continue;
    }
    const Question& before = questions_[at->second.question];
    if (dataset::questions_jsonl({&before, 1}) == dataset::questions_jsonl({&question, 1})) {
      continue;
    }
    return fail(ErrorCode::invalid_argument,
                "{} and {}: two questions '{}' that differ; give one of them another id, there "
                "and in the outcomes",
                at->second.file, file, question.id);
  }
  return {};
}

}  // namespace ooe::cli
