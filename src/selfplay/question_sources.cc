#include "selfplay/question_sources.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/fast_hash.h"
#include "base/rng.h"
#include "dataset/question_file.h"
#include "selfplay/writing.h"

namespace ooe::selfplay {
namespace {

constexpr std::size_t kTargets = 250;  // texts that stand for what users ask

std::uint64_t seed_of(const QuestionSources& sources, std::string_view purpose, int round = 0) {
  return fast_hash(fmt::format("{} {}", purpose, round), sources.seed);
}

}  // namespace

Result<std::vector<Question>> make_exam(const QuestionSources& sources, const Families& families) {
  if (sources.exam.empty()) {
    return generate(families, seed_of(sources, "exam"), sources.exam_size.value_or(kExamSize),
                    QuestionFilter({}))
        .questions;
  }
  auto exam = dataset::load_questions(sources.exam);
  if (exam && exam->empty()) {
    return fail(ErrorCode::invalid_argument, "{}: there is no question in it", sources.exam);
  }
  return exam;
}

Result<QuestionFilter> make_filter(const QuestionSources& sources, std::span<const Question> exam,
                                   std::span<const Question> on_record, int unplanned_round) {
  QuestionFilter filter({});
  for (const Question& question : exam) filter.know_test(question);
  for (const std::string& file : sources.test_sets) {
    const auto tests = dataset::load_questions(file);
    if (!tests) return fail(tests.error());
    for (const Question& question : *tests) filter.know_test(question);
  }
  for (const Question& question : on_record) {
    if (!is_written_for(question, unplanned_round)) filter.know(question);
  }
  return filter;
}

Generated pool_of(const QuestionSources& sources, const Families& families, int round,
                  std::size_t count, const QuestionFilter& filter) {
  return generate(families, seed_of(sources, "pool", round), count, filter);
}

Result<std::vector<Question>> targets_of(const QuestionSources& sources, const Families& families,
                                         std::span<const Question> on_record, const HeldOut& exam) {
  std::vector<Question> targets;
  if (!sources.traffic.empty()) {
    auto traffic = dataset::load_questions(sources.traffic);
    if (!traffic) return fail(traffic.error());
    if (traffic->empty()) {
      return fail(ErrorCode::invalid_argument, "{}: there is no question in it", sources.traffic);
    }
    targets = std::move(*traffic);
    std::erase_if(targets, [&](const Question& question) { return exam.has_text_of(question); });
    if (targets.empty()) {
      return fail(
          ErrorCode::invalid_argument,
          "{}: every question in it is the exam's, by which models are compared; give others",
          sources.traffic);
    }
  } else if (sources.focus.empty()) {
    // What earlier rounds asked of the exam is on record too.
    std::ranges::copy_if(on_record, std::back_inserter(targets), [&](const Question& question) {
      return !question.id.starts_with(kIdPrefix) && !exam.contains(question);
    });
  }
  Rng rng(seed_of(sources, "targets"));
  rng.shuffle(std::span(targets));
  const std::size_t real_max = sources.traffic.empty() ? kTargets / 2 : kTargets;
  targets.resize(std::min(targets.size(), real_max));
  if (sources.traffic.empty()) {
    const auto generated = generate(families, seed_of(sources, "targets"),
                                    kTargets - targets.size(), QuestionFilter({}));
    std::ranges::copy_if(generated.questions, std::back_inserter(targets),
                         [&](const Question& question) { return !exam.has_text_of(question); });
  }
  return targets;
}

Result<std::vector<Question>> all_to_choose_from(const QuestionSources& sources,
                                                 const Families& families, int rounds,
                                                 std::size_t pool) {
  auto questions = make_exam(sources, families);
  if (!questions) return fail(questions.error());
  const auto filter = make_filter(sources, *questions, {});
  if (!filter) return fail(filter.error());
  for (int round = 1; round <= rounds; ++round) {
    auto generated = pool_of(sources, families, round, pool, *filter);
    std::ranges::move(generated.questions, std::back_inserter(*questions));
  }
  return questions;
}

}  // namespace ooe::selfplay
