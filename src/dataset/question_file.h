// Questions on disk: one JSON object a line (docs/files.md).
//   {"id": "mmlu-1", "benchmark": "mmlu", "split": "test", "subject": "law",
//    "question": "Which ...?", "choices": ["a tort", "a crime"], "answer": "B"}
// Only `id` and `question` must be there. Keys we do not know are ignored.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/question.h"

namespace ooe::dataset {

// Reads the text of a question file; `name` is what errors call it. An answer may be a string, a
// number (kept as its shortest decimal), null or absent; with choices it is one of their letters.
// Errors: corrupt with "name:line:" for what is not JSON or not UTF-8; invalid_argument with
// "name:line:", the key, its value and the remedy for everything else, a repeated id included.
[[nodiscard]] Result<std::vector<Question>> parse_questions(std::string_view jsonl,
                                                            std::string_view name);

// As parse_questions, from a file that may be gzip. Errors: also those of read_file.
[[nodiscard]] Result<std::vector<Question>> load_questions(const std::string& path);

// Returns the text that parse_questions reads back as the same questions.
[[nodiscard]] std::string questions_jsonl(std::span<const Question> questions);

// Writes all or nothing. Errors: those of write_file_atomically.
[[nodiscard]] Result<void> write_questions(const std::string& path,
                                           std::span<const Question> questions);

}  // namespace ooe::dataset
