#include "cli/dedicated_export.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <unordered_map>

#include "base/check.h"
#include "base/file.h"
#include "cli/dedicated_pair.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output_place.h"
#include "cli/predictions.h"
#include "cli/workspace.h"
#include "dedicated/training_set.h"
#include "evaluate/costs.h"
#include "experts/tag_scanner.h"
#include "predictor/token_model.h"

namespace ooe::cli {
namespace {

constexpr const char* kTrainName = "train.jsonl";
constexpr const char* kValidationName = "validation.jsonl";
constexpr const char* kCardName = "README.md";

struct PairExportOptions {
  PairOptions pair;
  dedicated::TrainingSetOptions set;
  bool orchestrator = false;
  std::string out;
};

// The words of answers: from the database, each question's best; without one, the benchmark's
// reference stands in for every right answer.
Result<dedicated::AnswerText> answer_words(const Dataset& data, const PairOptions& options) {
  if (!options.data.questions.empty()) {
    return dedicated::AnswerText(
        [&data](std::size_t row, std::size_t) -> std::optional<std::string> {
          const Question& question = data.questions[row];
          if (question.answer.empty()) return std::nullopt;
          return "Answer: " + question.answer;
        });
  }
  const auto store = open_workspace({.db = options.data.db, .config = options.data.config}, true);
  if (!store) return fail(store.error());
  using Words = std::unordered_map<std::string, store::GradedText>;
  auto words = std::make_shared<std::vector<Words>>(data.outcomes.n_experts());
  for (const std::string& name : {options.own, options.generic}) {
    const auto column = data.outcomes.column_of(name);
    OOE_CHECK(column.has_value(), "a pair is of experts of its data");
    auto texts = (*store)->graded_texts(name);
    if (!texts) return fail(texts.error());
    Words& of_expert = (*words)[*column];
    for (store::GradedText& text : *texts) {
      const auto [known, is_new] = of_expert.try_emplace(text.question_id, text);
      if (!is_new && known->second.score < text.score) known->second = std::move(text);
    }
  }
  return dedicated::AnswerText(
      [&data, words](std::size_t row, std::size_t expert) -> std::optional<std::string> {
        const auto found = (*words)[expert].find(data.questions[row].id);
        if (found == (*words)[expert].end() || found->second.text.empty()) return std::nullopt;
        return found->second.text;
      });
}

Result<void> write_lines(const std::string& path,
                         const std::vector<dedicated::TrainingLine>& lines) {
  std::string text;
  for (const dedicated::TrainingLine& line : lines) text += line.json + "\n";
  return write_file_atomically(path, text);
}

Result<int> write_set(const dedicated::TrainingSet& set, const PairExportOptions& options,
                      const dedicated::CardFacts& facts) {
  const std::filesystem::path folder(options.out);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::unavailable, "{}: {}", options.out, error.message());
  }
  if (auto ok = write_lines((folder / kTrainName).string(), set.train); !ok) {
    return fail(ok.error());
  }
  if (auto ok = write_lines((folder / kValidationName).string(), set.validation); !ok) {
    return fail(ok.error());
  }
  const auto card = write_file_atomically((folder / kCardName).string(),
                                          dedicated::card_of(set, options.set, facts));
  if (!card) return fail(card.error());
  say("{}: {} lines to train on, {} to validate with\n", options.out, set.train.size(),
      set.validation.size());
  return 0;
}

// Answers whose cost follows from a price and nobody knows how long they were.
std::size_t answers_of_assumed_length(const Dataset& data, std::span<const Expert> experts) {
  const OutcomeMatrix& outcomes = data.outcomes;
  const auto recorded = [](const std::vector<float>& column, std::size_t cell) {
    return !column.empty() && !std::isnan(column[cell]);
  };
  std::size_t count = 0;
  for (std::size_t cell = 0; cell < outcomes.score.size(); ++cell) {
    if (std::isnan(outcomes.score[cell]) || !experts[cell % experts.size()].prices) continue;
    if (recorded(outcomes.cost_usd, cell) || recorded(outcomes.output_tokens, cell)) continue;
    ++count;
  }
  return count;
}

// A folder that holds something else keeps its README.
Result<void> check_place(const PairExportOptions& options) {
  const Output output{
      .option = "--out", .path = options.out, .names = {kTrainName, kValidationName, kCardName}};
  if (auto ok = check_outputs({output}, files_of(options.pair.data)); !ok) return ok;
  const std::string card = (std::filesystem::path(options.out) / kCardName).string();
  const auto text = read_file(card);
  if (!text && text.error().code == ErrorCode::not_found) return {};
  if (!text) return fail(text.error());
  if (text->find(dedicated::kMadeByExport) != std::string::npos) return {};
  return fail(ErrorCode::invalid_argument,
              "--out {}: '{}' was not written by `ooe dedicated export`; name another folder, or "
              "move it away",
              options.out, card);
}

Result<void> check_export(const PairExportOptions& options) {
  if (!options.orchestrator && (options.pair.own.empty() || options.pair.generic.empty())) {
    return fail(ErrorCode::invalid_argument, "name the pair with --own and --generic");
  }
  return check_pair_options(options.pair);
}

Result<int> export_set(const PairExportOptions& options) {
  if (auto ok = check_place(options); !ok) return fail(ok.error());
  const auto data = load_training_data(options.pair.data);
  if (!data) return fail(data.error());
  dedicated::CardFacts facts{.title = {}, .source = data_name(options.pair.data), .notes = {}};
  if (options.orchestrator) {
    const auto experts = evaluate::experts_of(*data);
    const auto usd = evaluate::realised_costs(
        *data, experts, evaluate::with_costs(*data, experts, flat_predictions(*data)));
    const auto set = dedicated::orchestrator_set(*data, usd, options.set);
    if (!set) return fail(set.error());
    facts.title = "Fine-tuning set of an orchestrator";
    if (std::ranges::any_of(usd, [](float cost) { return std::isnan(cost); })) {
      facts.notes.push_back(
          "Some costs were not known. Where that is so, the expert with the higher mean score is "
          "taken, not the cheaper one.");
    }
    if (const std::size_t assumed = answers_of_assumed_length(*data, experts); assumed > 0) {
      facts.notes.push_back(
          fmt::format("The lengths of {} answers were not recorded. For their costs they are taken "
                      "to be of {:.0f} tokens; `--usage` says what they were.",
                      assumed, predictor::kOutputTokensDefault));
    }
    facts.notes.push_back(
        "The answer is the letter of the cheapest expert that answered right; `right` lists all "
        "of them. The letters are told in each line's system message; `[predictor] kind = \"llm\"` "
        "asks in the same words.");
    return write_set(*set, options, facts);
  }
  const auto pair = dedicated::make_pair(*data, options.pair.own, options.pair.generic);
  if (!pair) return fail(pair.error());
  const auto answer = answer_words(*data, options.pair);
  if (!answer) return fail(answer.error());
  // Before the cross-validation, which takes its time.
  const auto most = dedicated::ownership_max(*data, *pair, *answer, options.set);
  if (!most) return fail(most.error());
  const auto crossed = cross_pair(*data, *pair, options.pair, {.ownership = options.set.ownership});
  if (!crossed) return fail(crossed.error());
  const auto set = dedicated::deferral_set(*data, *pair, crossed->prediction, *answer, options.set);
  if (!set) return fail(set.error());
  facts.title =
      fmt::format("Fine-tuning set of {} with the tag {}", options.pair.own, options.set.tag);
  facts.notes.push_back(
      fmt::format("Expected ownership {:.1f}%: so many lines are answered, the others say `{}` and "
                  "hand over to "
                  "{}. A line is answered where {} was right, first where {} was not.",
                  100.0 * set->ownership, options.set.tag, options.pair.generic, options.pair.own,
                  options.pair.generic));
  if (!options.pair.data.questions.empty()) {
    facts.notes.push_back(
        "The answers are the benchmark's references, not the expert's own words: made from files, "
        "which hold no answers.");
  }
  for (const dedicated::SplitMeans& split : pair->splits) {
    if (!split.contaminated()) continue;
    facts.notes.push_back(fmt::format(
        "{}: {} scores {:.1f}% on the training split and {:.1f}% elsewhere: it was trained there, "
        "or "
        "that split is easier; on new questions it may be right less often than these lines say.",
        split.benchmark, options.pair.own, 100.0 * split.training, 100.0 * split.other));
  }
  return write_set(*set, options, facts);
}

}  // namespace

void add_dedicated_export(CLI::App& dedicated, Runner& runner) {
  auto options = std::make_shared<PairExportOptions>();
  CLI::App* command = dedicated.add_subcommand(
      "export", "a fine-tuning set: own answers, or the tag where the own model should hand over");
  add_pair_options(*command, options->pair);
  command->get_option("--own")->required(false);
  command->get_option("--generic")->required(false);
  command->add_option("--ownership", options->set.ownership, "the share of lines that are answered")
      ->capture_default_str()
      ->check(number_between(0.0, 1.0));
  command->add_option("--tag", options->set.tag, "the word that hands over")
      ->capture_default_str()
      ->check([](const std::string& word) {
        const auto tag = experts::check_tag(word);
        return tag ? std::string() : tag.error().message;
      });
  command
      ->add_option("--validation", options->set.validation,
                   "share of queries kept for validation, by their hash")
      ->capture_default_str()
      ->check(number_between(0.0, 0.9));
  command->add_flag("--learn-from-generic", options->set.learn_from_generic,
                    "teach the generic expert's answers where the own one was wrong");
  command->add_flag("--orchestrator", options->orchestrator,
                    "instead: which expert should answer, to fine-tune an LLM as orchestrator");
  command->add_option("--out", options->out, "the folder to write")->required()->type_name("DIR");
  set_work(*command, options, runner,
           "ooe dedicated export --own metamath-7b --generic gpt-4 --ownership 0.5 --out tuning/",
           export_set, check_export);
}

}  // namespace ooe::cli
