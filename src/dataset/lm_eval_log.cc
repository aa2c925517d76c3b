#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "dataset/foreign_outcomes.h"
#include "dataset/json_line.h"
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

}  // namespace

Result<ForeignOutcomes> parse_lm_eval(std::string_view jsonl, std::string_view name,
                                      const std::string& benchmark, const LmEvalOptions& options) {
  simdjson::dom::parser parser;
  ForeignOutcomes read;
  std::string filter = options.filter;
  std::unordered_set<std::string> seen;
  for (LineReader reader(jsonl); reader.next();) {
    if (reader.line().find_first_not_of(" \t") == std::string_view::npos) continue;
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
