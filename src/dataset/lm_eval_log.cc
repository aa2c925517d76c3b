#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_set>

#include <fmt/format.h>

#include "base/ascii.h"
#include "dataset/foreign_outcomes.h"
#include "dataset/json_line.h"
#include "dataset/outcome_file.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 4> kMetrics{"acc", "exact_match", "pass@1", "acc_norm"};

// `arguments` is [[prompt, ...], ...], or {"gen_args_0": {"arg_0": prompt}} in later versions.
std::string prompt_of(const object& line) {
  const auto arguments = member_at(line, "arguments");
  if (!arguments) return {};
  simdjson::dom::array calls;
  if (arguments->get(calls) == simdjson::SUCCESS) {
    for (const element call : calls) {
      simdjson::dom::array parts;
      if (call.get(parts) != simdjson::SUCCESS) return text_of(call);
      for (const element part : parts) return text_of(part);
    }
    return {};
  }
  object named;
  if (arguments->get(named) != simdjson::SUCCESS) return {};
  const auto prompt = member_at(named, "gen_args_0.arg_0");
  return prompt ? text_of(*prompt) : std::string();
}

// Nothing when the line has no such metric; below zero when it is no score.
std::optional<double> metric_of(const object& line, const std::string& wanted) {
  std::optional<element> value;
  if (!wanted.empty()) value = member_at(line, wanted);
  for (const std::string_view metric : kMetrics) {
    if (wanted.empty() && !value) value = member_at(line, metric);
  }
  if (!value) return std::nullopt;
  bool yes = false;
  if (value->get(yes) == simdjson::SUCCESS) return yes ? 1.0 : 0.0;
  double score = 0.0;
  if (value->get(score) != simdjson::SUCCESS || !(score >= 0.0 && score <= 1.0)) return -1.0;
  return score;
}

std::vector<std::string> texts_of(const std::optional<element>& value) {
  std::vector<std::string> texts;
  simdjson::dom::array list;
  if (!value || value->get(list) != simdjson::SUCCESS) return texts;
  for (const element one : list) {
    std::string_view text;
    if (one.get(text) != simdjson::SUCCESS) return {};
    texts.emplace_back(text);
  }
  return texts;
}

// Which of the choices a number or a text means: a position, a label, a letter or a choice's text.
std::optional<std::size_t> place_of(const element& answer, const std::vector<std::string>& choices,
                                    const std::vector<std::string>& labels) {
  std::uint64_t position = 0;
  if (answer.get(position) == simdjson::SUCCESS) {
    return position < choices.size() ? std::optional<std::size_t>(position) : std::nullopt;
  }
  std::string_view text;
  if (answer.get(text) != simdjson::SUCCESS) return std::nullopt;
  for (const auto* names : {&labels, &choices}) {
    const auto found = std::ranges::find(*names, text);
    const auto place = static_cast<std::size_t>(found - names->begin());
    if (found != names->end() && place < choices.size()) return place;
  }
  if (text.size() != 1) return std::nullopt;
  const auto letter = static_cast<std::size_t>(text[0] - 'A');
  return letter < choices.size() ? std::optional(letter) : std::nullopt;
}

// Of a document that has its own question.
void read_choices_and_answer(const object& line, Question& question) {
  question.choices = texts_of(member_at(line, "doc.choices"));
  std::vector<std::string> labels;
  if (question.choices.empty()) {
    question.choices = texts_of(member_at(line, "doc.choices.text"));
    labels = texts_of(member_at(line, "doc.choices.label"));
  }
  if (question.choices.size() > kChoicesMax) question.choices.clear();
  // An answer among choices that cannot be read is no answer to an open question.
  if (question.choices.empty() && member_at(line, "doc.choices")) return;
  for (const std::string_view field : {"doc.answerKey", "doc.answer", "doc.gold", "target"}) {
    const auto answer = member_at(line, field);
    if (!answer) continue;
    if (!question.choices.empty()) {
      const auto place = place_of(*answer, question.choices, labels);
      if (!place) continue;
      question.answer = std::string(1, static_cast<char>('A' + *place));
      return;
    }
    if (!answer->is_string() && !answer->is_number()) continue;
    // GSM8K's answers are solutions that end with "#### 72".
    const std::string text = text_of(*answer);
    const std::size_t mark = text.rfind("#### ");
    question.answer = mark == std::string::npos ? text : text.substr(mark + 5);
    return;
  }
}

bool is_timestamp(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00-00-00";  // a fraction may follow
  if (text.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char form = i < kForm.size() ? kForm[i] : i == kForm.size() ? '.' : '0';
    if (form == '0' ? !is_digit(text[i]) : text[i] != form) return false;
  }
  return true;
}

}  // namespace

std::string lm_eval_task(std::string_view stem) {
  constexpr std::string_view kPrefix = "samples_";
  if (!stem.starts_with(kPrefix)) return std::string(stem);
  std::string_view task = stem.substr(kPrefix.size());
  const std::size_t mark = task.rfind('_');
  if (mark != std::string_view::npos && is_timestamp(task.substr(mark + 1))) {
    task = task.substr(0, mark);
  }
  return std::string(task.empty() ? stem : task);
}

Result<ForeignOutcomes> parse_lm_eval(std::string_view jsonl, std::string_view name,
                                      const std::string& benchmark, const LmEvalOptions& options) {
  if (const auto fault = expert_column_fault(options.expert)) {
    return fail(ErrorCode::invalid_argument, "{}: expert {}: {}; say --expert NAME", name,
                shown(options.expert), *fault);
  }
  simdjson::dom::parser parser;
  ForeignOutcomes read;
  std::string filter = options.filter;
  std::unordered_set<std::string> seen;
  for (LineReader reader(jsonl); reader.next();) {
    if (reader.line_is_blank()) continue;
    const auto line = parse_json_line(parser, reader.line(), name, reader.number());
    if (!line) return fail(line.error());
    const auto id = member_at(*line, "doc_id");
    if (!id) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: no 'doc_id'; give a samples_*.jsonl of lm-evaluation-harness "
                  "(--log_samples)",
                  name, reader.number());
    }
    if (const auto of = member_at(*line, "filter")) {
      if (filter.empty()) filter = text_of(*of);
      if (text_of(*of) != filter) {
        ++read.skipped[fmt::format("lines of other filters than '{}'", filter)];
        continue;
      }
    }
    const auto score = metric_of(*line, options.metric);
    if (!score || *score < 0.0) {
      ++read.skipped[score ? "lines whose metric is no score in [0, 1]"
                           : fmt::format("lines without the metric '{}'", options.metric.empty()
                                                                              ? "acc or exact_match"
                                                                              : options.metric)];
      continue;
    }
    Question question;
    question.id = fmt::format("{}-{}", benchmark, text_of(*id));
    question.benchmark = benchmark;
    const auto asked = member_at(*line, "doc.question");
    question.question = asked ? text_of(*asked) : prompt_of(*line);
    if (asked) read_choices_and_answer(*line, question);
    if (question.question.empty() || has_control_character(question.id)) {
      ++read.skipped["lines without a question"];
      continue;
    }
    if (!seen.insert(question.id).second) {
      ++read.skipped["lines whose doc_id was there before"];
      continue;
    }
    read.outcomes.push_back(
        {read.questions.size(), options.expert, static_cast<float>(*score), std::nullopt});
    read.questions.push_back(std::move(question));
  }
  return read;
}

}  // namespace ooe::dataset
