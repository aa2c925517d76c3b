// The questions a simulated expert knows, found by their presented text.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/query.h"
#include "core/question.h"

namespace ooe::simulate {

// Threads: read-only after construction.
class QuestionBank {
 public:
  // Leaves out questions whose answer is unknown; of equal texts the first counts.
  explicit QuestionBank(std::vector<Question> questions);

  struct Entry {
    QueryId id;
    Question question;
  };

  // Looks for the text as a whole, then for what follows its worked examples. Null when neither is
  // known; valid as long as the bank.
  [[nodiscard]] const Entry* find(std::string_view text) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  std::unordered_map<QueryId, Entry> entries_;
};

}  // namespace ooe::simulate
