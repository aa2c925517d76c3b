#include "cli/data_options.h"

#include <filesystem>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "cli/config.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output_place.h"
#include "cli/workspace.h"
#include "dataset/dataset.h"
#include "selfplay/exam.h"
#include "selfplay/journal_file.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

void tell_counts(const dataset::LoadedDataset& loaded) {
  const dataset::DatasetCounts& counts = loaded.counts;
  note("{} questions, {} experts\n", loaded.data.questions.size(),
       loaded.data.outcomes.n_experts());
  const auto tell = [](std::size_t count, std::string_view what) {
    if (count > 0) note("skipped: {} {}\n", count, what);
  };
  tell(counts.questions_without_outcomes, "questions without outcomes");
  tell(counts.outcomes_without_question, "outcomes without a question");
  tell(counts.outcomes_empty, "rows of outcomes without a score");
  tell(counts.usage_unmatched, "rows of usage without a question or expert");
}

Result<std::vector<dataset::ExpertPrices>> prices_of(const DataOptions& options,
                                                     const std::optional<Config>& config) {
  std::vector<dataset::ExpertPrices> prices;
  const auto put = [&](dataset::ExpertPrices entry) {
    std::erase_if(prices, [&](const auto& other) { return other.expert == entry.expert; });
    prices.push_back(std::move(entry));
  };
  if (config) {
    for (const Expert& expert : config->catalogue.experts()) {
      if (expert.prices) put({expert.name, *expert.prices});
    }
  }
  if (!options.prices.empty()) {
    auto file = dataset::load_prices(options.prices);
    if (!file) return fail(file.error());
    for (auto& entry : *file) put(std::move(entry));
  }
  for (const std::string& text : options.price_options) {
    auto entry = dataset::parse_price_option(text);
    if (!entry) return fail(entry.error());
    put(std::move(*entry));
  }
  return prices;
}

// Nothing when the default one is not there.
Result<std::optional<Config>> config_of(const DataOptions& options) {
  if (options.config == DataOptions{}.config && !std::filesystem::exists(options.config)) {
    return std::nullopt;
  }
  auto loaded = load_config(options.config);
  if (!loaded) return fail(loaded.error());
  return std::move(*loaded);
}

Result<dataset::LoadedDataset> load_from_files(const DataOptions& options) {
  std::vector<dataset::ExpertPrices> known;
  if (options.config != DataOptions{}.config) {  // a folder's ooe.toml may be about other experts
    const auto config = config_of(options);
    if (!config) return fail(config.error());
    auto prices = prices_of({}, *config);
    if (!prices) return fail(prices.error());
    known = std::move(*prices);
  }
  return dataset::load_dataset({.questions = options.questions,
                                .outcomes = options.outcomes,
                                .usage = options.usage,
                                .prices = options.prices,
                                .known_prices = std::move(known),
                                .price_options = options.price_options,
                                .experts = options.experts,
                                .text_last_block = options.text_last_block});
}

// As with files, where a name that no expert has is a slip.
Result<void> check_typed_prices(const DataOptions& options, std::span<const Outcome> outcomes) {
  std::set<std::string> names;
  for (const Outcome& outcome : outcomes) names.insert(outcome.expert);
  const auto typed = dataset::typed_prices(options.price_options,
                                           std::vector<std::string>(names.begin(), names.end()));
  if (!typed) return fail(typed.error());
  return {};
}

// Takes the exam of the self-play beside the database at `path` out of what is on record.
Result<void> leave_out_exam(const std::string& path, std::vector<Question>& questions,
                            std::vector<Outcome>& outcomes) {
  const auto journal = selfplay::load_journal(selfplay::journal_path(path));
  if (!journal) return fail(journal.error());
  if (!*journal) return {};
  const selfplay::HeldOut exam((*journal)->exam);
  std::set<std::string> left_out;
  for (const Question& question : (*journal)->exam) left_out.insert(question.id);
  for (const Question& question : questions) {
    if (exam.has_text_of(question)) left_out.insert(question.id);
  }
  const auto count = std::erase_if(
      questions, [&](const Question& question) { return left_out.contains(question.id); });
  std::erase_if(outcomes,
                [&](const Outcome& outcome) { return left_out.contains(outcome.question_id); });
  if (count > 0) note("left out: {} exam questions of self-play\n", count);
  return {};
}

Result<dataset::LoadedDataset> load_from_store(const DataOptions& options, bool to_learn) {
  const auto loaded = config_of(options);
  if (!loaded) return fail(loaded.error());
  const std::optional<Config>& config = *loaded;
  const auto url = workspace_url({.db = options.db, .config = options.config});
  if (!url) return fail(url.error());
  const auto path = store::sqlite_path(*url);
  if (!path) return fail(path.error());
  if (!std::filesystem::exists(*path)) {
    return fail(ErrorCode::not_found,
                "{}: there is no such database; run `ooe interview` first, or give --questions and "
                "--outcomes",
                *path);
  }
  auto store = store::open_store_to_read(*url);
  if (!store) return fail(store.error());
  auto questions = (*store)->questions();
  if (!questions) return fail(questions.error());
  auto outcomes = (*store)->outcomes();
  if (!outcomes) return fail(outcomes.error());
  if (auto ok = check_interviewed({.db = options.db, .config = options.config}, *outcomes); !ok) {
    return fail(ok.error());
  }
  if (to_learn) {
    if (auto left_out = leave_out_exam(*path, *questions, *outcomes); !left_out) {
      return fail(left_out.error());
    }
  }
  if (auto ok = check_typed_prices(options, *outcomes); !ok) return fail(ok.error());
  auto prices = prices_of(options, config);
  if (!prices) return fail(prices.error());
  dataset::DatasetChoices choices{.experts = {}, .text_last_block = options.text_last_block};
  if (!options.experts.empty()) {
    auto experts = dataset::parse_expert_list(options.experts);
    if (!experts) return fail(experts.error());
    choices.experts = std::move(*experts);
  }
  return dataset::dataset_from_records(std::move(*questions), *outcomes, std::move(*prices),
                                       choices);
}

Result<Dataset> load(const DataOptions& options, bool to_learn) {
  auto loaded =
      options.questions.empty() ? load_from_store(options, to_learn) : load_from_files(options);
  if (!loaded) return fail(loaded.error());
  tell_counts(*loaded);
  return std::move(loaded->data);
}

}  // namespace

void add_data_options(CLI::App& command, DataOptions& options) {
  const std::string group = "Data";
  auto* questions =
      command.add_option("--questions", options.questions, "questions, .jsonl or .jsonl.gz")
          ->group(group)
          ->type_name("FILE");
  auto* outcomes = command.add_option("--outcomes", options.outcomes, "outcomes, .tsv or .tsv.gz")
                       ->group(group)
                       ->type_name("FILE")
                       ->needs(questions);
  questions->needs(outcomes);
  command.add_option("--usage", options.usage, "recorded tokens and costs, .tsv or .tsv.gz")
      ->group(group)
      ->type_name("FILE")
      ->needs(questions);  // a database has its own
  command
      .add_option("--db", options.db,
                  "a workspace's database instead of files (default: the one of --config, else "
                  "ooe.db)")
      ->group(group)
      ->type_name("FILE")
      ->excludes(questions);
  command
      .add_option("--config", options.config,
                  "configuration with the database's place and the experts' prices")
      ->capture_default_str()
      ->group(group)
      ->type_name("FILE");
  command.add_option("--prices", options.prices, "prices, .tsv: expert, input, output")
      ->group(group)
      ->type_name("FILE");
  command
      .add_option("--price", options.price_options,
                  "one expert's, USD per million tokens; may be given again")
      ->check(readable_by(dataset::parse_price_option))
      ->group(group)
      ->type_name("NAME=IN/OUT");
  command.add_option("--experts", options.experts, "only these: A,B or @file")
      ->check(some_names())
      ->group(group)
      ->type_name("NAMES");
  command
      .add_flag("--text-last-block", options.text_last_block,
                "questions are few-shot prompts: only what follows the last example counts")
      ->group(group);
}

std::vector<std::string> files_of(const DataOptions& options) {
  std::vector<std::string> files{options.questions, options.outcomes, options.usage,
                                 options.prices,    options.config,   list_file(options.experts)};
  // Of data from files, too: it lies in the same folder.
  const auto workspace = files_of(WorkspaceOptions{.db = options.db, .config = options.config});
  files.insert(files.end(), workspace.begin(), workspace.end());
  return files;
}

Result<Dataset> load_data(const DataOptions& options) { return load(options, false); }

Result<Dataset> load_training_data(const DataOptions& options) { return load(options, true); }

std::string data_name(const DataOptions& options) {
  if (!options.questions.empty()) {
    return std::filesystem::path(options.questions).filename().string();
  }
  return "interviews";
}

}  // namespace ooe::cli
