// The questions of several files as those of one.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/question.h"

namespace ooe::cli {

// One that is in two files counts once.
class QuestionsOfFiles {
 public:
  // Errors: invalid_argument when a file before has another question of the same id.
  [[nodiscard]] Result<void> add(std::vector<Question> more, const std::string& file);
  [[nodiscard]] std::vector<Question>& all() { return questions_; }

 private:
  struct Place {
    std::size_t question = 0;
    std::string file;
  };
  std::vector<Question> questions_;
  std::map<std::string, Place> places_;
};

}  // namespace ooe::cli
