#include "gateway/steering.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "gateway/goal_header.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kGoalHeader = "x-ooe-goal";
constexpr std::size_t kGoalsMax = 256;  // calibrated goals of headers that are remembered

bool is_about_ownership(const Goal& goal) {
  return std::holds_alternative<OwnershipShare>(goal.aim);
}

// A goal to match an expert may have it asked first: it is a way to ask for it.
bool may_match(const MatchExpert& match, const orchestrator::SessionSpec& spec,
               std::span<const Expert> experts) {
  if (spec.shown.empty()) return true;
  const auto at = std::ranges::find(experts, match.expert, &Expert::name);
  return at != experts.end() && spec.shown[static_cast<std::size_t>(at - experts.begin())];
}

// Reasons are remembered for all keys, and name experts in quotes.
bool names_hidden(std::string_view message, const orchestrator::SessionSpec& spec,
                  std::span<const Expert> experts) {
  for (std::size_t i = 0; i < spec.shown.size(); ++i) {
    if (spec.shown[i]) continue;
    if (message.find("'" + experts[i].name + "'") != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

double SharedPacer::aim() const {
  const std::lock_guard lock(mutex_);
  return pacer_.aim();
}

void SharedPacer::observe(double aim, double spent) {
  const std::lock_guard lock(mutex_);
  pacer_.observe(aim, spent);
}

std::vector<std::shared_ptr<SharedPacer>> ModelPacers::of(
    const orchestrator::Orchestrator& orchestrator) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<SharedPacer>> pacers;
  for (const orchestrator::RoutedModel& model : orchestrator.models()) {
    if (!model.pacing) {
      pacers.push_back(nullptr);
      continue;
    }
    auto& pacer = pacers_[fmt::format("{}\n{} {}", model.name,
                                      is_about_ownership(model.goal) ? "ownership" : "usd",
                                      model.pacing->target)];
    if (!pacer) pacer = std::make_shared<SharedPacer>(*model.pacing);
    pacers.push_back(pacer);
  }
  return pacers;
}

void Steered::report(const Receipt& receipt, std::span<const Expert> experts) const {
  if (!pacer || receipt.attempts.empty()) return;
  // A request without an answer or a cost is not counted: an outage would be money saved, to be
  // spent after it.
  if (receipt.answered_by.empty() && receipt.cost == Usd{}) return;
  if (!counts_ownership) return pacer->observe(aim, to_double(receipt.cost));
  if (receipt.ending != Ending::answered) return;
  const auto expert = std::ranges::find(experts, receipt.answered_by, &Expert::name);
  if (expert != experts.end()) pacer->observe(aim, expert->own ? 1.0 : 0.0);
}

tl::expected<Steered, Refusal> Steering::steer(const http::Headers& headers,
                                               orchestrator::SessionSpec& spec,
                                               const Clock& clock) {
  const auto* model = orchestrator_.find_model(spec.model);
  const std::size_t stated = http::count_headers(headers, kGoalHeader);
  if (stated == 0) {
    if (model == nullptr) return Steered{};
    model->steer(spec.tradeoff, spec.decide);
    spec.explore = model->explore;
    if (!model->tag.empty()) {
      spec.tag = model->tag;
      spec.tagger = model->only.front();
    }
    const auto& pacer = pacers_[static_cast<std::size_t>(model - orchestrator_.models().data())];
    if (!pacer) return Steered{};
    const Steered steered{
        .pacer = pacer, .aim = pacer->aim(), .counts_ownership = is_about_ownership(model->goal)};
    spec.tradeoff = model->pacing->curve.at(steered.aim);
    return steered;
  }
  if (stated > 1) {
    return refuse(400, "invalid_header", fmt::format("{} is given {} times", kGoalHeader, stated));
  }
  if (model == nullptr) {
    return refuse(400, "invalid_header",
                  fmt::format("{}: '{}' is an expert and answers by itself; a goal needs a model "
                              "that routes",
                              kGoalHeader, spec.model));
  }
  const std::string text(http::find_header(headers, kGoalHeader));
  auto goal = parse_goal(text);
  if (!goal) {
    return refuse(400, "invalid_header", fmt::format("{}: {}", kGoalHeader, goal.error().message));
  }
  if (const auto* const match = std::get_if<MatchExpert>(&goal->aim);
      match != nullptr && !may_match(*match, spec, orchestrator_.experts())) {
    return refuse(422, "impossible_goal",
                  fmt::format("{}: the goal is to match '{}', and no expert that this key may ask "
                              "for has this name",
                              kGoalHeader, match->expert));
  }
  auto routed = calibrated(*model, text, std::move(*goal), clock);
  if (!routed) {
    Refusal& why = routed.error();
    if (names_hidden(why.message, spec, orchestrator_.experts())) {
      why.message = fmt::format(
          "{}: the goal cannot be met, because of an expert that this key may not ask for; ask "
          "whoever runs the gateway",
          kGoalHeader);
    }
    return tl::unexpected<Refusal>(std::move(why));
  }
  (*routed)->steer(spec.tradeoff, spec.decide);
  return Steered{.by_header = *routed};
}

tl::expected<std::shared_ptr<const orchestrator::RoutedModel>, Refusal> Steering::calibrated(
    const orchestrator::RoutedModel& model, const std::string& text, Goal goal,
    const Clock& clock) {
  const auto told = [](const Goals& goals)
      -> tl::expected<std::shared_ptr<const orchestrator::RoutedModel>, Refusal> {
    if (goals) return *goals;
    return refuse(422, "impossible_goal",
                  fmt::format("{}: {}", kGoalHeader, goals.error().message));
  };
  const std::string name = model.name + "\n" + text;
  const TimePoint began = clock.now();
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = goals_.find(name); known != goals_.end()) return told(known->second);
    if (const auto wait = wait_for_credit(began)) {
      return tl::unexpected<Refusal>(
          Refusal{.status = 429,
                  .code = "too_many_goals",
                  .message = fmt::format("{}: too many that were not seen before; send fewer "
                                         "different ones, or make models of them",
                                         kGoalHeader),
                  .retry_after = wait});
    }
  }
  // Not under the lock: others go on meanwhile. Two that calibrate the same goal agree.
  auto made = orchestrator_.with_goal(model, std::move(goal));
  const Goals goals =
      made ? Goals(std::make_shared<const orchestrator::RoutedModel>(std::move(*made)))
           : Goals(fail(made.error()));
  const std::lock_guard lock(mutex_);
  credit_ -= clock.now() - began;
  if (goals_.emplace(name, goals).second) order_.push_back(name);
  if (order_.size() > kGoalsMax) {
    goals_.erase(order_.front());
    order_.pop_front();
  }
  return told(goals);
}

std::optional<std::chrono::seconds> Steering::wait_for_credit(TimePoint now) {
  const auto passed = now - credited_.value_or(now);
  credited_ = now;
  credit_ = std::min<std::chrono::nanoseconds>(credit_ + passed / kShareOfTime, kFirstGoals);
  if (credit_ > std::chrono::nanoseconds(0)) return std::nullopt;
  return std::max(std::chrono::ceil<std::chrono::seconds>(-credit_ * kShareOfTime),
                  std::chrono::seconds(1));
}

}  // namespace ooe::gateway
