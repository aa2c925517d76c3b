// ooe export: what the database holds, as our files.
#include <filesystem>

#include "base/file.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/workspace.h"
#include "dataset/dataset.h"
#include "dataset/outcome_file.h"
#include "dataset/question_file.h"

namespace ooe::cli {
namespace {

struct ExportOptions {
  WorkspaceOptions workspace;
  std::string format = "ooe";
  std::string out;
  bool gzip = false;
};

std::string usage_tsv(std::span<const Outcome> outcomes) {
  std::string text = "id\tmodel\tcost_usd\tlatency_ms\tinput_tokens\toutput_tokens\n";
  for (const Outcome& outcome : outcomes) {
    const bool input_known = dataset::input_tokens_are_known(outcome);
    const bool output_known = dataset::output_tokens_are_known(outcome);
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", outcome.question_id, outcome.expert,
                        outcome.cost ? to_string(*outcome.cost) : "",
                        outcome.latency_ms > 0 ? std::to_string(outcome.latency_ms) : "",
                        input_known ? std::to_string(outcome.tokens.input) : "",
                        output_known ? std::to_string(outcome.tokens.output) : "");
  }
  return text;
}

Result<int> export_files(const ExportOptions& options) {
  auto store = open_workspace(options.workspace, true);
  if (!store) return fail(store.error());
  auto questions = (*store)->questions();
  if (!questions) return fail(questions.error());
  const auto outcomes = (*store)->outcomes();
  if (!outcomes) return fail(outcomes.error());
  if (auto ok = check_interviewed(options.workspace, *outcomes); !ok) return fail(ok.error());
  auto loaded = dataset::dataset_from_records(*questions, *outcomes, {}, {});
  if (!loaded) return fail(loaded.error());
  OutcomeMatrix& matrix = loaded->data.outcomes;
  dataset::OutcomeTable table;
  table.ids = matrix.question_ids;
  table.experts = matrix.experts;
  table.scores = matrix.score;

  const std::filesystem::path folder(options.out);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::unavailable, "{}: the folder cannot be made: {}", options.out,
                error.message());
  }
  const std::string ending = options.gzip ? ".gz" : "";
  const auto at = [&](const char* name) { return (folder / (name + ending)).string(); };
  if (auto ok = dataset::write_questions(at("questions.jsonl"), *questions); !ok) {
    return fail(ok.error());
  }
  if (auto ok = dataset::write_outcomes(at("outcomes.tsv"), table); !ok) return fail(ok.error());
  if (auto ok = write_file_atomically(at("usage.tsv"), usage_tsv(*outcomes)); !ok) {
    return fail(ok.error());
  }
  say("{}, {}, {}: {} questions, {} experts, {} outcomes\n", at("questions.jsonl"),
      at("outcomes.tsv"), at("usage.tsv"), questions->size(), table.experts.size(),
      outcomes->size());
  return 0;
}

}  // namespace

void add_export(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand(
      "export", "write the database's questions, outcomes and usage as our files");
  command->add_option("--out", options->out, "the folder, made when it is not there")
      ->required()
      ->type_name("DIR");
  command->add_option("--format", options->format, "ooe")
      ->capture_default_str()
      ->check(CLI::IsMember({"ooe"}))
      ->type_name("NAME");
  command->add_flag("--gzip", options->gzip, "compress the files");
  add_workspace_options(*command, options->workspace);
  set_work(*command, options, runner, "ooe export --out data/", export_files);
}

}  // namespace ooe::cli
