#include "interview/ask.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/rng.h"
#include "interview/budget.h"
#include "interview/call_outcome.h"
#include "interview/seat.h"

//   waiting -> (round: room? money?) -> in flight -> answered
//      ^                                   |
//      +--- delayed by its back-off <------+-------> failed
//      +--- elsewhere: another process asks it

namespace ooe::interview {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopPoll{50};

// An answer of the round, as progress counts it once it is stored.
struct Unstored {
  Seat* seat = nullptr;
  std::optional<AskGrade> grade;
  bool estimated = false;
};

// As the expert says, where that can be believed, else by the length of the texts, and flagged.
TokenCounts tokens_of(const experts::Completion& completion, std::int64_t prompt_bytes) {
  const auto& told = completion.usage;
  const auto answer_bytes = static_cast<std::int64_t>(completion.text.size());
  if (told && !told->estimated && is_plausible(*told, prompt_bytes, answer_bytes)) return *told;
  const TokenCounts guessed{.input = prompt_bytes / 4 + 1,
                            .cached_input = 0,
                            .output = answer_bytes / 4 + 1,
                            .estimated = true};
  if (!told || !told->estimated) return guessed;
  TokenCounts more = guessed;  // thoughts may be most of what it counts
  more.output = std::max(more.output, told->output);
  return is_plausible(more, prompt_bytes, answer_bytes) ? more : guessed;
}

class Asker : public std::enable_shared_from_this<Asker> {
 public:
  Asker(const AskTools& tools, std::span<const AskTask> tasks, std::int64_t max_tokens,
        const AskOptions& options, const AskHooks& hooks)
      : tools_(tools),
        tasks_(tasks),
        max_tokens_(max_tokens),
        options_(options),
        hooks_(hooks),
        budget_(options.budget),
        rng_(options.seed),
        stop_timer_(tools.loop),
        round_timer_(tools.loop) {}

  void sit(std::span<const Expert> experts);
  void start();
  Result<AskSummary> result() const;

 private:
  void report(const Seat& seat);

  void round();
  void next_round_in(milliseconds wait);
  void schedule();
  void hear_answer(const store::AnswerKey& key, std::string_view question_id, Usd cost);
  void hear_calls(std::span<const store::OpenCall> calls);
  std::vector<store::PlannedCall> plan();
  bool take(Seat& seat, Pending& pending);
  void put_back(Seat& seat, const Pending& pending) { seat.waiting.push_front(pending); }
  void count_stored();

  void call(Flight& flight);
  void receive(Flight& flight, std::string_view bytes) const;
  void ended(Flight& flight, std::optional<std::string> fault);
  void answered(Flight& flight, const experts::Completion& completion);
  void retry_or_fail(Flight& flight, const CallOutcome& outcome);
  void settle(Flight& flight, Usd cost, Usd charge, std::string unsettled);
  void land(Flight& flight);
  void give_up(Seat& seat);

  void abandon(Error error);
  void watch_stop();
  void cancel_calls();
  void finish_if_over();
  [[nodiscard]] bool any_in_flight() const;

  [[nodiscard]] store::AnswerKey key_of(const Seat& seat, const Pending& pending) const {
    const PromptKey& key = tasks_[pending.task].key;
    return {seat.expert.name, key.prompt_hash, key.parameters_hash, 0};
  }

  const AskTools& tools_;
  const std::span<const AskTask> tasks_;
  const std::int64_t max_tokens_;
  const AskOptions options_;
  const AskHooks& hooks_;

  std::unordered_map<std::string_view, std::uint32_t> by_prompt_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::unordered_map<std::string_view, Seat*> by_name_;
  std::uint64_t flights_ = 0;
  std::vector<Flight*> boarding_;  // planned, to start once they are on record

  Budget budget_;
  Usd on_record_;      // in scope: answers that were not this run's
  Usd open_;           // in scope: open calls as last heard, but for this run's own in flight
  Usd own_unsettled_;  // this run's, since then, in open_ as soon as we hear again
  bool others_ask_ = false;
  bool short_of_money_ = false;

  Rng rng_;
  http::Timer stop_timer_;
  http::Timer round_timer_;
  std::optional<TimePoint> round_at_;
  std::vector<store::Answer> answers_;  // of this round
  std::vector<store::Grade> grades_;
  std::vector<store::EndedCall> ended_;
  std::vector<Unstored> unstored_;      // [answers_.size()]
  std::optional<TimePoint> cancel_at_;  // set once told to stop
  bool out_of_budget_ = false;
  bool over_ = false;
  std::optional<Error> error_;
};

void Asker::sit(std::span<const Expert> experts) {
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const bool is_new = by_prompt_.emplace(tasks_[i].key.prompt_hash, i).second;
    OOE_CHECK(is_new, "prompts are asked once");
  }
  for (const Expert& expert : experts) {
    Seat& seat = *seats_.emplace_back(std::make_unique<Seat>(expert, options_.concurrency));
    by_name_.emplace(expert.name, &seat);
    seat.progress.expert = expert.name;
    seat.progress.total = static_cast<std::int64_t>(tasks_.size());
    seat.states.resize(tasks_.size());
    for (std::uint32_t i = 0; i < tasks_.size(); ++i) seat.waiting.push_back({i, 0});
  }
}

void Asker::start() {
  tools_.journal.forget();
  tools_.loop.post([self = shared_from_this()] {
    self->round();
    for (const auto& seat : self->seats_) self->report(*seat);
    self->watch_stop();
  });
}

void Asker::report(const Seat& seat) {
  if (!tools_.on_progress) return;
  ExpertProgress progress = seat.progress;
  progress.in_flight = static_cast<int>(seat.flights.size());
  progress.concurrency = seat.limit.limit();
  tools_.on_progress(progress);
}

// --- one round

void Asker::round() {
  round_at_.reset();
  round_timer_.cancel();
  if (over_) return;
  const store::NewsHandlers news{
      .on_answer = [this](const store::AnswerKey& key, std::string_view question_id,
                          Usd cost) { hear_answer(key, question_id, cost); },
      .on_calls = [this](std::span<const store::OpenCall> calls) { hear_calls(calls); }};
  // Blocks the loop for a commit, a few milliseconds: nothing here is a live request.
  const auto stepped = tools_.journal.step(
      news, {answers_, grades_, ended_}, [this] { return plan(); }, others_ask_);
  if (!stepped) return abandon(stepped.error());
  count_stored();
  for (Flight* flight : std::exchange(boarding_, {})) call(*flight);
  schedule();
  finish_if_over();
}

void Asker::next_round_in(milliseconds wait) {
  const TimePoint at = tools_.clock.now() + wait;
  if (over_ || (round_at_ && *round_at_ <= at)) return;
  round_at_ = at;
  round_timer_.arm(wait, [this] { round(); });
}

// The next round that no end of a call brings about: a back-off is over, others have finished.
void Asker::schedule() {
  const TimePoint now = tools_.clock.now();
  for (const auto& seat : seats_) {
    if (seat->progress.given_up || cancel_at_) continue;
    std::optional<TimePoint> due;
    if (!seat->delayed.empty()) due = seat->delayed.begin()->first;
    if (!seat->waiting.empty() && seat->paused_until > now) due = seat->paused_until;
    if (due) {
      const TimePoint at = std::max(*due, seat->paused_until);
      next_round_in(std::max(options_.round, std::chrono::ceil<milliseconds>(at - now)));
    }
  }
  const bool elsewhere = std::ranges::any_of(seats_, [](const auto& seat) {
    return !seat->progress.given_up && !seat->elsewhere.empty();
  });
  if (elsewhere || (short_of_money_ && others_ask_)) next_round_in(options_.others_poll);
}

void Asker::hear_answer(const store::AnswerKey& key, std::string_view question_id, Usd cost) {
  if (hooks_.in_scope(key, question_id)) on_record_ += cost;
  const auto seat = by_name_.find(key.expert);
  const auto task = by_prompt_.find(key.prompt_hash);
  if (seat == by_name_.end() || task == by_prompt_.end() || key.sample != 0 ||
      tasks_[task->second].key.parameters_hash != key.parameters_hash) {
    return;
  }
  TaskState& state = seat->second->states[task->second];
  if (state != TaskState::answered) ++seat->second->progress.on_record;
  state = TaskState::answered;
}

void Asker::hear_calls(std::span<const store::OpenCall> calls) {
  for (const auto& seat : seats_) {
    for (const Pending& pending : std::exchange(seat->elsewhere, {})) put_back(*seat, pending);
    std::ranges::replace(seat->states, TaskState::elsewhere, TaskState::todo);
  }
  open_ = {};
  others_ask_ = false;
  for (const store::OpenCall& call : calls) {
    const bool in_flight = call.ended.empty();
    if (in_flight && call.mine) continue;  // the budget holds its reservation
    if (hooks_.in_scope(call.key, call.question_id)) open_ += call.reserved;
    if (!in_flight) continue;
    others_ask_ = true;
    const auto seat = by_name_.find(call.key.expert);
    const auto task = by_prompt_.find(call.key.prompt_hash);
    if (seat == by_name_.end() || task == by_prompt_.end()) continue;
    TaskState& state = seat->second->states[task->second];
    if (state == TaskState::todo) state = TaskState::elsewhere;
  }
  // What is heard holds this run's unsettled calls too, but for those this round is about to store:
  // the budget has counted all of them as spent.
  Usd storing;
  for (const store::EndedCall& call : ended_) storing += call.charge;
  open_ = open_ - (own_unsettled_ - storing);
}

// Round by round over the experts, so that a budget is shared and not eaten by the first.
std::vector<store::PlannedCall> Asker::plan() {
  std::vector<store::PlannedCall> planned;
  budget_.set_outside(on_record_ + open_);
  short_of_money_ = false;
  if (cancel_at_ || tools_.stop) return planned;
  for (bool any = true; any;) {
    any = false;
    for (const auto& seat : seats_) {
      Pending pending;
      if (!take(*seat, pending)) continue;
      const AskTask& task = tasks_[pending.task];
      const Usd most = cost_max_of(task.input_tokens_max, max_tokens_, seat->expert.prices);
      if (!budget_.reserve(most)) {
        // Calls in flight may cost less than they reserved: the end of each one tries again.
        short_of_money_ = true;
        put_back(*seat, pending);
        continue;
      }
      any = true;
      Flight& flight =
          *seat->flights.emplace_back(std::make_unique<Flight>(tools_.loop, *seat, ++flights_));
      flight.pending = pending;
      flight.reserved = most;
      flight.asked = tools_.clock.wall_now();
      boarding_.push_back(&flight);
      planned.push_back({key_of(*seat, pending), task.question->id, most, flight.asked});
    }
  }
  return planned;
}

bool Asker::take(Seat& seat, Pending& pending) {
  if (seat.progress.given_up || tools_.clock.now() < seat.paused_until ||
      static_cast<int>(seat.flights.size()) >= seat.limit.limit()) {
    return false;
  }
  const auto due = seat.delayed.begin();
  if (due != seat.delayed.end() && due->first <= tools_.clock.now()) {
    seat.waiting.push_front(due->second);
    seat.delayed.erase(due);
  }
  while (!seat.waiting.empty()) {
    pending = seat.waiting.front();
    seat.waiting.pop_front();
    const TaskState state = seat.states[pending.task];
    if (state == TaskState::todo) return true;
    if (state == TaskState::elsewhere) seat.elsewhere.push_back(pending);
  }
  return false;
}

void Asker::count_stored() {
  std::vector<Seat*> changed;
  for (const Unstored& answer : unstored_) {
    ExpertProgress& progress = answer.seat->progress;
    ++progress.done;
    if (answer.grade) progress.score_sum += static_cast<double>(answer.grade->score);
    if (answer.grade && answer.grade->unread) ++progress.unread;
    if (answer.estimated) ++progress.estimated;
    if (std::ranges::find(changed, answer.seat) == changed.end()) changed.push_back(answer.seat);
  }
  answers_.clear();
  grades_.clear();
  ended_.clear();
  unstored_.clear();
  for (const Seat* seat : changed) report(*seat);
}

// --- one call

void Asker::call(Flight& flight) {
  const Expert& expert = flight.seat.expert;
  ++flight.pending.attempts;
  flight.started = tools_.clock.now();
  // A handler may be the last thing a call does: what follows runs from the loop, where the call
  // can be dropped.
  const auto later = [this, &seat = flight.seat, id = flight.id](std::optional<std::string> fault) {
    tools_.loop.post([weak = weak_from_this(), &seat, id, fault = std::move(fault)] {
      const auto self = weak.lock();
      if (!self) return;
      // The flight may have landed, by a deadline or a stop, before this came.
      for (const auto& one : seat.flights) {
        if (one->id == id) return self->ended(*one, fault);
      }
    });
  };
  flight.timer.arm(options_.total_timeout, [later, this] {
    later(fmt::format("no whole answer within {} s", options_.total_timeout.count() / 1'000));
  });
  flight.call = tools_.client.start(
      expert, experts::chat_body(hooks_.render(flight.pending.task), expert.model, false),
      options_.deadlines,
      {.on_head = [&flight](const experts::ChatHead& head) { flight.head = head; },
       .on_bytes = [this, &flight](std::string_view bytes) { receive(flight, bytes); },
       .on_end = [later] { later(std::nullopt); },
       .on_fault =
           [later, &flight](http::Fault fault, const std::string& message) {
             flight.fault = fault;
             later(fmt::format("{}: {}", http::to_string(fault), message));
           }});
}

// Keeps one byte more than allowed, by which judge() sees that it was too much.
void Asker::receive(Flight& flight, std::string_view bytes) const {
  const std::size_t room = options_.answer_bytes_max + 1 - flight.body.size();
  flight.body += bytes.substr(0, room);
}

void Asker::ended(Flight& flight, std::optional<std::string> fault) {
  flight.call.reset();
  flight.timer.cancel();
  const CallOutcome outcome =
      judge_call(flight.head.status, std::move(fault), flight.body, options_.answer_bytes_max);
  if (outcome.verdict == CallVerdict::answered) {
    answered(flight, outcome.completion);
  } else {
    retry_or_fail(flight, outcome);
  }
  next_round_in(options_.round);
}

void Asker::answered(Flight& flight, const experts::Completion& completion) {
  Seat& seat = flight.seat;
  const AskTask& task = tasks_[flight.pending.task];
  store::Answer answer;
  answer.key = key_of(seat, flight.pending);
  answer.question_id = task.question->id;
  answer.benchmark = task.question->benchmark;
  answer.kept = options_.keep_answers;
  if (answer.kept) answer.text = completion.text;
  answer.tokens = tokens_of(completion, task.prompt_bytes);
  if (seat.expert.prices) answer.cost = cost_of(answer.tokens, *seat.expert.prices);
  const auto latency =
      std::chrono::duration_cast<milliseconds>(tools_.clock.now() - flight.started);
  answer.latency = latency;
  answer.asked = flight.asked;

  const Usd cost = answer.cost.value_or(Usd());
  const Usd rest = answer.tokens.estimated ? std::max(Usd(), flight.reserved - cost) : Usd();
  std::string unsettled;
  if (rest > Usd()) {
    const bool silent = !completion.usage && completion.usage_fault.empty();
    unsettled = silent ? "no usage" : "wrong usage";
  }
  settle(flight, cost, rest, std::move(unsettled));
  seat.failures_in_a_row = 0;
  seat.turned_away_in_a_row = 0;
  seat.limit.on_answered(latency, static_cast<int>(seat.flights.size()), tools_.clock.now());
  seat.states[flight.pending.task] = TaskState::answered;
  if (budget_.limited() && cost > flight.reserved) {
    seat.progress.trouble = fmt::format(
        "reported more tokens than a call of at most {} tokens can have: the budget cannot hold",
        max_tokens_);
    give_up(seat);
  }

  const auto grade = hooks_.grade(flight.pending.task, completion.text);
  if (grade) grades_.push_back({answer.key, grade->grader, grade->version, grade->score});
  unstored_.push_back({&seat, grade, answer.tokens.estimated});
  answers_.push_back(std::move(answer));
  land(flight);
}

void Asker::retry_or_fail(Flight& flight, const CallOutcome& outcome) {
  Seat& seat = flight.seat;
  const std::string unsettled =
      flight.reserved == Usd() ? "" : why_it_may_be_billed(flight.head.status, flight.fault);
  settle(flight, {}, unsettled.empty() ? Usd() : flight.reserved, unsettled);
  ++seat.progress.errors;
  seat.progress.trouble = outcome.trouble;
  const int status = flight.head.status;
  const auto retry_after = flight.head.retry_after;
  const TimePoint now = tools_.clock.now();
  if (retry_after) seat.paused_until = std::max(seat.paused_until, now + *retry_after);
  if (is_overload(status, flight.fault)) seat.limit.on_overloaded(seat.limit.limit(), now);
  // Being told to wait, or that one question does not fit, is a sign of life.
  const bool alive = status == 429 || outcome.verdict == CallVerdict::refused;
  seat.failures_in_a_row = alive ? 0 : seat.failures_in_a_row + 1;
  seat.turned_away_in_a_row = status == 429 ? seat.turned_away_in_a_row + 1 : 0;
  if (outcome.verdict == CallVerdict::gone || seat.failures_in_a_row >= options_.failures_max ||
      seat.turned_away_in_a_row >= options_.turned_away_max) {
    give_up(seat);
  }

  if (retry_after && *retry_after > options_.wait_max) {
    seat.progress.trouble +=
        fmt::format("; it asks to be left alone for {} s: ask again then", retry_after->count());
    give_up(seat);
  }

  Pending pending = flight.pending;
  // A call that was turned away for want of room was no attempt at the question.
  if (status == 429) --pending.attempts;
  if (outcome.verdict == CallVerdict::retry && pending.attempts < options_.attempts_max &&
      !cancel_at_ && !seat.progress.given_up) {
    const auto wait = experts::next_delay(
        std::max({1, pending.attempts, std::min(seat.turned_away_in_a_row, 10)}), rng_, retry_after,
        options_.backoff);
    seat.delayed.emplace(now + wait, pending);
  } else {
    ++seat.progress.failed;
  }
  land(flight);
  report(seat);
}

// `cost` is known, `charge` is what the call may have cost beyond it.
void Asker::settle(Flight& flight, Usd cost, Usd charge, std::string unsettled) {
  budget_.settle(flight.reserved, cost + charge);
  own_unsettled_ += charge;
  flight.seat.progress.spent += cost + charge;
  flight.seat.progress.unsettled += charge;
  ended_.push_back({key_of(flight.seat, flight.pending), std::move(unsettled), charge});
}

void Asker::land(Flight& flight) {
  std::erase_if(flight.seat.flights, [&](const auto& one) { return one.get() == &flight; });
}

// Nothing new is asked; calls under way may still bring answers.
void Asker::give_up(Seat& seat) {
  if (seat.progress.given_up) return;
  seat.progress.given_up = true;
  seat.progress.failed += static_cast<std::int64_t>(seat.delayed.size());
  seat.delayed.clear();
}

// --- the end

// Without a store every further answer would be paid for nothing. The journal still has the calls
// in flight: the next run finds them.
void Asker::abandon(Error error) {
  error_ = std::move(error);
  over_ = true;
  for (const auto& seat : seats_) seat->flights.clear();
  tools_.loop.stop();
}

void Asker::watch_stop() {
  if (over_) return;
  if (tools_.stop && !cancel_at_) cancel_at_ = tools_.clock.now() + options_.stop_patience;
  if (cancel_at_ && tools_.clock.now() >= *cancel_at_) cancel_calls();
  stop_timer_.arm(kStopPoll, [this] { watch_stop(); });
  if (cancel_at_) next_round_in(options_.round);
}

// The experts may bill what we do not wait for.
void Asker::cancel_calls() {
  for (const auto& seat : seats_) {
    for (const auto& flight : seat->flights) {
      settle(*flight, {}, flight->reserved, flight->reserved == Usd() ? "" : "cancelled");
    }
    seat->flights.clear();
  }
}

bool Asker::any_in_flight() const {
  return std::ranges::any_of(seats_, [](const auto& seat) { return !seat->flights.empty(); });
}

void Asker::finish_if_over() {
  if (over_ || any_in_flight() || !ended_.empty()) return;
  const bool work = std::ranges::any_of(seats_, [](const auto& seat) { return seat->has_work(); });
  const bool elsewhere = std::ranges::any_of(seats_, [](const auto& seat) {
    return !seat->progress.given_up && !seat->elsewhere.empty();
  });
  if (!cancel_at_) {
    if (elsewhere || (short_of_money_ && others_ask_)) return;
    if (work && !short_of_money_) return;  // delayed, or paused
    // Delayed work may still be affordable by a cheaper expert once it is due.
    if (work && std::ranges::any_of(seats_, [](const auto& seat) {
          return !seat->progress.given_up && !seat->delayed.empty();
        })) {
      return;
    }
  }
  over_ = true;
  out_of_budget_ = work && short_of_money_ && !cancel_at_;
  stop_timer_.cancel();
  round_timer_.cancel();
  for (const auto& seat : seats_) report(*seat);
  tools_.loop.stop();
}

Result<AskSummary> Asker::result() const {
  if (error_) return fail(*error_);
  AskSummary summary;
  for (const auto& seat : seats_) {
    summary.experts.push_back(seat->progress);
    summary.experts.back().concurrency = seat->limit.limit();
  }
  summary.spent = budget_.spent();
  summary.stopped = cancel_at_.has_value();
  summary.out_of_budget = out_of_budget_;
  return summary;
}

}  // namespace

Result<AskSummary> ask(const AskTools& tools, std::span<const Expert> experts,
                       std::span<const AskTask> tasks, std::int64_t max_tokens,
                       const AskOptions& options, const AskHooks& hooks) {
  const auto asker = std::make_shared<Asker>(tools, tasks, max_tokens, options, hooks);
  asker->sit(experts);
  asker->start();
  tools.loop.run();
  return asker->result();
}

}  // namespace ooe::interview
