#include "simulate/question_bank.h"

#include <utility>

#include "simulate/answer.h"

namespace ooe::simulate {

QuestionBank::QuestionBank(std::vector<Question> questions) {
  for (Question& question : questions) {
    if (!has_known_answer(question)) continue;
    const QueryId id = query_id(presented_text(question));
    entries_.try_emplace(id, Entry{id, std::move(question)});
  }
}

const QuestionBank::Entry* QuestionBank::find(std::string_view text) const {
  for (const std::string_view part : {text, last_block(text)}) {
    const auto found = entries_.find(query_id(part));
    if (found != entries_.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace ooe::simulate
