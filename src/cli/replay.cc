// ooe replay: what the traffic of the past would have come to under another policy. Asks nobody.
#include "policy/replay.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/replay_scores.h"
#include "cli/serving.h"
#include "cli/workspace.h"
#include "report/table.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kScoresMax = std::size_t{256} << 20U;  // bytes
constexpr double kNormal95 = 1.96;

struct ReplayOptions {
  std::string range;
  std::string policy;
  std::string db;
  std::string scores;
  JsonOption json;
};

// "2026-11-01" or "2026-11-01T08:30:00", UTC. Returns the moment, or the first of the day behind it
// for a whole day that ends a range.
std::optional<WallTime> parse_moment(std::string_view text, bool ends) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int used = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3) return {};
  const bool whole_day = static_cast<std::size_t>(used) == copy.size();
  if (!whole_day) {
    int more = 0;
    if (std::sscanf(copy.c_str() + used, "T%2d:%2d:%2d%n", &hour, &minute, &second, &more) != 3 ||
        static_cast<std::size_t>(used + more) != copy.size()) {
      return {};
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return {};
  auto moment = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                std::chrono::minutes(minute) + std::chrono::seconds(second);
  if (ends && whole_day) moment += std::chrono::days(1);
  return WallTime(std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch()));
}

struct Range {
  WallTime from;
  WallTime to;
};

Result<Range> parse_range(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_argument,
                "'{}': give FROM..TO, each 2026-11-01 or 2026-11-01T08:30:00 in UTC", text);
  };
  if (dots == std::string::npos) return wrong();
  const auto from = parse_moment(std::string_view(text).substr(0, dots), false);
  const auto to = parse_moment(std::string_view(text).substr(dots + 2), true);
  if (!from || !to) return wrong();
  if (*to <= *from) {
    return fail(ErrorCode::invalid_argument, "'{}' ends before it begins", text);
  }
  return Range{*from, *to};
}

Result<Scores> load_scores(const std::string& path) {
  if (path.empty()) return Scores{};
  const auto text = read_file(path, kScoresMax);
  if (!text) return fail(text.error());
  return parse_scores(*text, path);
}

struct Ended {
  std::map<std::string, policy::Replay> models;  // by name: the order of the output
  std::int64_t receipts = 0;
  std::int64_t other = 0;  // of models that the policy does not have, experts by name among them
  std::size_t scored = 0;  // receipts that have a score
};

Result<Ended> replay_all(store::Store& store, const Range& range, const Scores& scores,
                         const orchestrator::Orchestrator& orchestrator) {
  Ended ended;
  for (const orchestrator::RoutedModel& model : orchestrator.models()) {
    if (!model.routes()) continue;
    policy::ReplayPolicy tried{.experts = orchestrator.experts(), .tradeoff = {}, .options = {}};
    model.steer(tried.tradeoff, tried.options);
    tried.pacing = model.pacing;
    tried.counts_ownership = std::holds_alternative<OwnershipShare>(model.goal.aim);
    ended.models.emplace(model.name, policy::Replay(std::move(tried)));
  }
  const auto done = store.each_receipt(range.from, range.to, [&](const Receipt& receipt) {
    ++ended.receipts;
    const auto score = scores.find(receipt.id);
    if (score != scores.end()) ++ended.scored;
    const auto model = ended.models.find(receipt.model);
    if (model == ended.models.end()) {
      ++ended.other;
      return;
    }
    model->second.add(receipt, score == scores.end() ? std::nullopt : std::optional(score->second));
  });
  if (!done) return fail(done.error());
  return ended;
}

bool explored(const policy::ReplayFigures& figures) { return figures.explored > 0; }

std::string with_interval(double mean, double error, double unit = 1.0, int digits = 4) {
  if (std::isnan(mean)) return "-";
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", unit * mean, digits,
                     unit * (mean - kNormal95 * error), digits, unit * (mean + kNormal95 * error),
                     digits);
}

std::string text_of(const std::string& name, const policy::ReplayFigures& figures) {
  std::string text = fmt::format(
      "model {}: {} requests replayed, {} of them to another expert ({:.1f}%)\n", name,
      figures.replayed, figures.changed,
      figures.replayed == 0
          ? 0.0
          : 100.0 * static_cast<double>(figures.changed) / static_cast<double>(figures.replayed));
  if (figures.nothing_foreseen > 0) {
    text +=
        fmt::format("  {} more hold nothing to be decided on ([store] replay = false, or older)\n",
                    figures.nothing_foreseen);
  }
  if (figures.nobody_then > 0) {
    text += fmt::format("  {} more nobody was asked then; there is nothing to compare with\n",
                        figures.nobody_then);
  }
  if (figures.changed > 0) {
    text +=
        "  (requests with a goal or a limit of their own are decided by the model's goal here, and "
        "may be among those to another expert)\n";
  }
  if (figures.refused > 0) {
    text += fmt::format("  {} more nobody could answer under this policy\n", figures.refused);
  }
  if (figures.replayed == 0) return text;
  report::Table table;
  table.columns = {{"predicted", report::Align::left},
                   {"then", report::Align::right},
                   {"now", report::Align::right},
                   {"difference [95%]", report::Align::right}};
  table.rows.push_back({"quality", fmt::format("{:.4f}", figures.quality_then.mean()),
                        fmt::format("{:.4f}", figures.quality_now.mean()),
                        with_interval(figures.quality_difference.mean(),
                                      figures.quality_difference.standard_error())});
  if (figures.usd_then.n() > 0) {
    table.rows.push_back({"USD per 1k", fmt::format("{:.4f}", 1e3 * figures.usd_then.mean()),
                          fmt::format("{:.4f}", 1e3 * figures.usd_now.mean()),
                          with_interval(figures.usd_difference.mean(),
                                        figures.usd_difference.standard_error(), 1e3)});
  }
  text += report::to_text(table, stdout_terminal());
  text += fmt::format("  paid then: {} USD, fallbacks included\n", to_string(figures.paid));
  if (figures.unpriced > 0) {
    text += fmt::format("  {} requests without a price to compare, left out of USD\n",
                        figures.unpriced);
  }
  if (!explored(figures)) {
    return text +
           "  measured: nothing. Without exploration ([[model]] explore) there are only "
           "predictions to go by\n";
  }
  text += fmt::format(
      "  measured by inverse propensities (worth {:.0f} requests; {:.1f}% of choices had a "
      "chance)\n"
      "    USD per 1k  {}\n    answered    {}\n",
      figures.measured_usd.effective_n(), 100.0 * figures.coverage(),
      with_interval(figures.measured_usd.mean(), figures.measured_usd.standard_error(), 1e3),
      with_interval(figures.measured_answered.mean(), figures.measured_answered.standard_error()));
  if (figures.measured_score.weights() > 0.0) {
    text += fmt::format(
        "    score       {}\n",
        with_interval(figures.measured_score.mean(), figures.measured_score.standard_error()));
  }
  return text;
}

nlohmann::ordered_json mean_json(const policy::RunningMean& mean) {
  return {{"mean", mean.mean()}, {"standard_error", mean.standard_error()}, {"n", mean.n()}};
}

nlohmann::ordered_json mean_json(const policy::WeightedMean& mean) {
  if (mean.weights() == 0.0) return nullptr;
  return {{"mean", mean.mean()},
          {"standard_error", mean.standard_error()},
          {"effective_n", mean.effective_n()}};
}

nlohmann::ordered_json json_of(const policy::ReplayFigures& figures) {
  nlohmann::ordered_json json{{"replayed", figures.replayed},
                              {"changed", figures.changed},
                              {"nothing_foreseen", figures.nothing_foreseen},
                              {"refused", figures.refused},
                              {"nobody_then", figures.nobody_then},
                              {"unpriced", figures.unpriced},
                              {"paid_usd", to_double(figures.paid)},
                              {"predicted",
                               {{"quality_then", mean_json(figures.quality_then)},
                                {"quality_now", mean_json(figures.quality_now)},
                                {"quality_difference", mean_json(figures.quality_difference)},
                                {"usd_then", mean_json(figures.usd_then)},
                                {"usd_now", mean_json(figures.usd_now)},
                                {"usd_difference", mean_json(figures.usd_difference)}}},
                              {"explored", figures.explored},
                              {"measured", nullptr}};
  if (explored(figures)) {
    json["measured"] = {{"coverage", figures.coverage()},
                        {"usd", mean_json(figures.measured_usd)},
                        {"answered", mean_json(figures.measured_answered)},
                        {"score", mean_json(figures.measured_score)}};
  }
  return json;
}

// To be read only: a new one would be empty.
Result<std::unique_ptr<store::Store>> open_receipts(const std::string& url) {
  const auto path = store::sqlite_path(url);
  if (!path) return fail(path.error());
  if (!std::filesystem::exists(*path)) {
    return fail(ErrorCode::not_found,
                "{}: there is no such database; name the one that `ooe serve` writes to with --db",
                *path);
  }
  return store::open_store_to_read(url);
}

Result<int> replay(const ReplayOptions& options) {
  Inputs inputs = files_of(WorkspaceOptions{.db = options.db, .config = options.policy});
  inputs.push_back(options.scores);
  if (auto ok = check_json_place(options.json, inputs); !ok) return fail(ok.error());
  const auto range = parse_range(options.range);
  if (!range) return fail(range.error());
  const auto scores = load_scores(options.scores);
  if (!scores) return fail(scores.error());
  const auto config = load_config(options.policy);
  if (!config) return fail(config.error());
  const auto store = open_receipts(options.db.empty() ? config->store_url : options.db);
  if (!store) return fail(store.error());
  const auto orchestrator = make_orchestrator(*config);
  if (!orchestrator) return fail(orchestrator.error());
  const auto ended = replay_all(**store, *range, *scores, *orchestrator);
  if (!ended) return fail(ended.error());
  std::string text = fmt::format("{} receipts in {}\n", ended->receipts, options.range);
  if (ended->other > 0) {
    text += fmt::format("{} of them asked for experts by name, or for models {} does not route\n",
                        ended->other, options.policy);
  }
  const std::size_t unmatched = scores->size() - ended->scored;
  if (unmatched > 0) {
    text += fmt::format("{} of {} scores are of no receipt in {}\n", unmatched, scores->size(),
                        options.range);
  }
  for (const auto& [name, each] : ended->models) text += "\n" + text_of(name, each.figures());
  const auto printed = print_result(options.json, text, [&] {
    nlohmann::ordered_json models = nlohmann::ordered_json::object();
    for (const auto& [name, each] : ended->models) models[name] = json_of(each.figures());
    return nlohmann::ordered_json{{"receipts", ended->receipts},
                                  {"other", ended->other},
                                  {"scores", {{"given", scores->size()}, {"unmatched", unmatched}}},
                                  {"models", models}}
        .dump(2);
  });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_replay(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand(
      "replay", "what past traffic would have come to under another policy; asks nobody");
  command
      ->add_option("--receipts", options->range,
                   "from when to when, UTC: 2026-11-01..2026-11-30, both days included, or with "
                   "times, 2026-11-01T08:00:00..2026-11-01T09:00:00")
      ->required()
      ->check(readable_by(parse_range))
      ->type_name("FROM..TO");
  command
      ->add_option("--policy", options->policy,
                   "the configuration to try: its experts, prices, clearances, goals, predictor")
      ->required()
      ->type_name("FILE");
  command->add_option("--db", options->db, "where the receipts are (default: the policy's [store])")
      ->type_name("FILE");
  command
      ->add_option("--scores", options->scores,
                   "what answers were worth, lines of receipt<TAB>score, for what is measured "
                   "where traffic explored")
      ->type_name("FILE");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe replay --receipts 2026-11-01..2026-11-30 --policy new.toml", replay);
}

}  // namespace ooe::cli
