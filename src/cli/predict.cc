// ooe predict: a model and questions in, a table of expected qualities out.
#include "base/file.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output_place.h"
#include "core/question.h"
#include "dataset/question_file.h"
#include "predictor/model.h"

namespace ooe::cli {
namespace {

struct PredictOptions {
  std::string model = "model.ooe";
  std::string questions;
  std::string out;
  bool text_last_block = false;
};

Result<int> predict(const PredictOptions& options) {
  const Inputs inputs{options.model, options.questions};
  if (auto ok = check_outputs({{"--out", options.out}}, inputs); !ok) return fail(ok.error());
  const auto model = predictor::load_model(options.model);
  if (!model) return fail(model.error());
  const auto questions = dataset::load_questions(options.questions);
  if (!questions) return fail(questions.error());
  const auto& experts = model->card().experts;
  std::string table = "id";
  for (const std::string& expert : experts) table += "\t" + expert;
  table += "\n";
  predictor::Scratch scratch;
  std::vector<Prediction> predictions(experts.size());
  for (const Question& question : *questions) {
    const std::string text = presented_text(question);
    model->predict(options.text_last_block ? last_block(text) : text, scratch, predictions);
    table += question.id;
    for (const Prediction& prediction : predictions) {
      fmt::format_to(std::back_inserter(table), "\t{:.6f}", prediction.quality);
    }
    table += "\n";
  }
  if (auto ok = write_file_atomically(options.out, table); !ok) return fail(ok.error());
  say("{}: {} questions, {} experts\n", options.out, questions->size(), experts.size());
  return 0;
}

}  // namespace

void add_predict(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App* command =
      app.add_subcommand("predict", "write every expert's expected quality on questions");
  command->add_option("--model", options->model, "the model file")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--questions", options->questions, "questions, .jsonl or .jsonl.gz")
      ->required()
      ->type_name("FILE");
  command->add_option("--out", options->out, "the table, .tsv or .tsv.gz")
      ->required()
      ->type_name("FILE");
  command->add_flag("--text-last-block", options->text_last_block,
                    "questions are few-shot prompts: only what follows the last example counts");
  set_work(*command, options, runner,
           "ooe predict --model model.ooe --questions q.jsonl.gz --out predictions.tsv", predict);
}

}  // namespace ooe::cli
