#include "interview/interview.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/check.h"
#include "base/rng.h"
#include "core/query.h"
#include "interview/budget.h"
#include "interview/grade.h"

// Each expert has `concurrency` slots. A slot takes the next question, calls, waits out its
// back-off and calls again until the question is answered or failed, then takes another. When no
// slot has anything left to do, the last batch is stored and the loop stops.
//
//   take -> pause? -> reserve -> call -> end -> answered -> take ...
//            ^           |                |
//            |    no money: put back      |
//            +--------- back-off ---------+-> failed -> take ...

namespace ooe::interview {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopPoll{50};

// One prompt to ask, shared by all experts.
struct Task {
  const Question* question = nullptr;
  Grader grader;
  PromptKey key;
  std::int64_t prompt_bytes = 0;
};

// A task that an expert has still to answer.
struct Pending {
  const Task* task = nullptr;
  int attempts = 0;  // calls so far
};

// How a call ended, as far as the next step depends on it.
enum class CallEnd {
  answered,
  retry,    // another call may do better
  refused,  // this question will not be answered
  gone,     // no question will: wrong key, unknown model
};

struct Seat;

struct Slot {
  explicit Slot(http::Loop& loop) : timer(loop) {}

  Seat* seat = nullptr;
  Pending pending;                   // no task: the slot is idle
  std::unique_ptr<http::Call> call;  // none: the slot waits for its timer
  http::Timer timer;
  experts::ChatHead head;
  std::string body;
  Usd reserved;
  TimePoint started;
  WallTime asked;
};

// One expert at the table.
struct Seat {
  const Expert* expert = nullptr;
  ExpertProgress progress;
  std::deque<Pending> waiting;
  std::vector<std::unique_ptr<Slot>> slots;
  TimePoint paused_until;  // by a Retry-After: nobody calls before
  int failures_in_a_row = 0;
};

// An answer of the batch, as progress counts it once it is stored.
struct Unstored {
  Seat* seat = nullptr;
  float score = 0.0F;
  bool unread = false;
  bool estimated = false;
};

class Interview : public std::enable_shared_from_this<Interview> {
 public:
  Interview(http::Loop& loop, experts::ChatClient& client, store::Store& store, const Clock& clock,
            const InterviewOptions& options, const std::atomic<bool>& stop,
            const OnProgress& on_progress)
      : loop_(loop),
        client_(client),
        store_(store),
        clock_(clock),
        options_(options),
        stop_(stop),
        on_progress_(on_progress),
        budget_(options.budget),
        rng_(options.seed),
        stop_timer_(loop),
        batch_timer_(loop) {}

  Result<void> prepare(std::span<const Expert> experts, std::span<const Question> questions);
  void start();
  Result<InterviewSummary> result() const;

 private:
  void report(const Seat& seat) const {
    if (on_progress_) on_progress_(seat.progress);
  }

  void fill_idle_slots();
  void take_next(Slot& slot);
  void call_when_due(Slot& slot);
  void call_later(Slot& slot, milliseconds wait);
  void call(Slot& slot);
  void receive(Slot& slot, std::string_view bytes);
  void ended(Slot& slot, std::optional<std::string> fault);
  CallEnd judge(Slot& slot, std::optional<std::string> fault, std::string& trouble,
                experts::Completion& completion) const;
  void answered(Slot& slot, const experts::Completion& completion);
  void retry_or_fail(Slot& slot, CallEnd end, const std::string& trouble);
  void give_up(Seat& seat, const Slot& current);
  void release(Slot& slot, Usd cost);
  void free(Slot& slot);

  void store_batch();
  void abandon(Error error);
  void watch_stop();
  void cancel_calls();
  void go_on();
  void finish_if_over();

  http::Loop& loop_;
  experts::ChatClient& client_;
  store::Store& store_;
  const Clock& clock_;
  const InterviewOptions options_;
  const std::atomic<bool>& stop_;
  const OnProgress& on_progress_;

  std::optional<Prompter> prompter_;
  std::vector<Task> tasks_;
  std::vector<std::unique_ptr<Seat>> seats_;
  Budget budget_;
  Rng rng_;
  http::Timer stop_timer_;
  http::Timer batch_timer_;
  std::vector<store::Answer> answers_;  // the batch
  std::vector<store::Grade> grades_;
  std::vector<Unstored> unstored_;  // [answers_.size()]
  std::int64_t ungradable_ = 0;
  std::string ungradable_why_;
  std::optional<TimePoint> cancel_at_;  // set once told to stop
  bool out_of_budget_ = false;
  bool over_ = false;
  std::optional<Error> error_;
};

Result<void> check(const InterviewOptions& options, std::span<const Expert> experts) {
  if (options.concurrency < 1 || options.attempts_max < 1 || options.failures_max < 1 ||
      options.batch_max < 1 || options.prompt.max_tokens < 1) {
    return fail(ErrorCode::invalid_argument,
                "interview: concurrency {}, attempts_max {}, failures_max {}, batch_max {} and "
                "max_tokens {} must all be at least 1",
                options.concurrency, options.attempts_max, options.failures_max, options.batch_max,
                options.prompt.max_tokens);
  }
  if (experts.empty()) {
    return fail(ErrorCode::invalid_argument, "interview: no experts; name at least one");
  }
  if (!options.budget) return {};
  for (const Expert& expert : experts) {
    if (expert.prices) continue;
    return fail(ErrorCode::invalid_argument,
                "expert '{}' has no price, so a budget of {} USD cannot be kept; give it a price "
                "(0 if it is free)",
                expert.name, to_string(*options.budget));
  }
  return {};
}

Result<void> Interview::prepare(std::span<const Expert> experts,
                                std::span<const Question> questions) {
  if (auto checked = check(options_, experts); !checked) return checked;
  if (auto stored = store_.put_questions(questions); !stored) return stored;

  auto prompter = Prompter::make(options_.prompt);
  if (!prompter) return fail(prompter.error());
  prompter_ = std::move(*prompter);

  std::unordered_set<std::string> prompts;
  for (const Question& question : questions) {
    const auto grader = grader_of(question, options_.grader);
    if (!grader) {
      if (ungradable_++ == 0) ungradable_why_ = grader.error().message;
      continue;
    }
    const auto chat = prompter_->render(question, grader->kind);
    if (!chat) return fail(chat.error());
    Task task{&question, *grader, prompter_->key(*chat, grader->kind), prompt_bytes(*chat)};
    if (!prompts.insert(task.key.prompt_hash).second) continue;
    tasks_.push_back(std::move(task));
  }
  for (const Expert& expert : experts) {
    const auto keys = store_.answer_keys(expert.name);
    if (!keys) return fail(keys.error());
    const std::set<store::AnswerKey> on_record(keys->begin(), keys->end());
    auto seat = std::make_unique<Seat>();
    seat->expert = &expert;
    seat->progress.expert = expert.name;
    seat->progress.total = static_cast<std::int64_t>(tasks_.size());
    for (const Task& task : tasks_) {
      const store::AnswerKey key{expert.name, task.key.prompt_hash, task.key.parameters_hash, 0};
      if (on_record.contains(key)) {
        ++seat->progress.on_record;
      } else {
        seat->waiting.push_back({&task, 0});
      }
    }
    for (int i = 0; i < options_.concurrency; ++i) {
      seat->slots.emplace_back(std::make_unique<Slot>(loop_))->seat = seat.get();
    }
    seats_.push_back(std::move(seat));
  }
  return {};
}

void Interview::start() {
  for (const auto& seat : seats_) report(*seat);
  fill_idle_slots();
  watch_stop();
}

// Round by round over the experts, so that a budget is shared and not eaten by the first. All slots
// are looked at, because money set free by one expert may let another go on.
void Interview::fill_idle_slots() {
  for (int i = 0; i < options_.concurrency; ++i) {
    for (const auto& seat : seats_) {
      Slot& slot = *seat->slots[static_cast<std::size_t>(i)];
      if (slot.pending.task == nullptr) take_next(slot);
    }
  }
}

void Interview::take_next(Slot& slot) {
  Seat& seat = *slot.seat;
  if (cancel_at_ || over_ || seat.progress.given_up || seat.waiting.empty()) return;
  slot.pending = seat.waiting.front();
  seat.waiting.pop_front();
  call_when_due(slot);
}

void Interview::call_when_due(Slot& slot) {
  const auto wait = std::chrono::ceil<milliseconds>(slot.seat->paused_until - clock_.now());
  if (wait <= milliseconds(0)) return call(slot);
  call_later(slot, wait);
}

void Interview::call_later(Slot& slot, milliseconds wait) {
  slot.timer.arm(wait, [this, &slot] {
    call_when_due(slot);
    finish_if_over();  // when there was no money for it
  });
}

void Interview::call(Slot& slot) {
  const Expert& expert = *slot.seat->expert;
  const Task& task = *slot.pending.task;
  // Rendered again for each call: thousands of prompts with their examples need not be kept.
  const auto chat = prompter_->render(*task.question, task.grader.kind);
  OOE_CHECK(chat, "prepare() has rendered this question");
  const Usd most = cost_max_of(task.prompt_bytes, options_.prompt.max_tokens, expert.prices);
  if (!budget_.reserve(most)) {
    // Calls in flight may cost less than they reserved: the end of each one tries again.
    slot.seat->waiting.push_front(slot.pending);
    return free(slot);
  }
  slot.reserved = most;
  ++slot.pending.attempts;
  slot.head = {};
  slot.body.clear();
  slot.started = clock_.now();
  slot.asked = clock_.wall_now();
  // A handler may be the last thing a call does: what follows runs from the loop, where the call
  // can be dropped.
  const auto later = [this, &slot](std::optional<std::string> fault) {
    loop_.post([weak = weak_from_this(), &slot, call = slot.call.get(), fault = std::move(fault)] {
      const auto self = weak.lock();
      if (self && slot.call.get() == call && call != nullptr) self->ended(slot, fault);
    });
  };
  slot.call =
      client_.start(expert, experts::chat_body(*chat, expert.model, false), options_.deadlines,
                    {.on_head = [&slot](const experts::ChatHead& head) { slot.head = head; },
                     .on_bytes = [this, &slot](std::string_view bytes) { receive(slot, bytes); },
                     .on_end = [later] { later(std::nullopt); },
                     .on_fault =
                         [later](http::Fault fault, const std::string& message) {
                           later(fmt::format("{}: {}", http::to_string(fault), message));
                         }});
}

// Keeps one byte more than allowed, by which judge() sees that it was too much.
void Interview::receive(Slot& slot, std::string_view bytes) {
  const std::size_t room = options_.answer_bytes_max + 1 - slot.body.size();
  slot.body += bytes.substr(0, room);
}

void Interview::ended(Slot& slot, std::optional<std::string> fault) {
  slot.call.reset();
  std::string trouble;
  experts::Completion completion;
  const CallEnd end = judge(slot, std::move(fault), trouble, completion);
  if (end == CallEnd::answered) return answered(slot, completion);
  // A call that died after a good head may have been billed: its reservation is the safe guess.
  const bool billed = slot.head.status >= 200 && slot.head.status < 300;
  release(slot, billed ? slot.reserved : Usd());
  retry_or_fail(slot, end, trouble);
}

CallEnd Interview::judge(Slot& slot, std::optional<std::string> fault, std::string& trouble,
                         experts::Completion& completion) const {
  const int status = slot.head.status;
  if (fault) {
    trouble = std::move(*fault);
    return CallEnd::retry;
  }
  if (status < 200 || status > 299) {
    trouble = fmt::format("HTTP {} {}", status, experts::error_message(slot.body));
    if (status == 401 || status == 403 || status == 404) return CallEnd::gone;
    const bool passes = status == 408 || status == 409 || status == 425 || status == 429;
    return passes || status >= 500 ? CallEnd::retry : CallEnd::refused;
  }
  if (slot.body.size() > options_.answer_bytes_max) {
    trouble = fmt::format("an answer of more than {} bytes", options_.answer_bytes_max);
    return CallEnd::refused;
  }
  auto parsed = experts::parse_completion(slot.body);
  if (!parsed) {
    trouble = parsed.error().message;
    return CallEnd::retry;
  }
  completion = std::move(*parsed);
  return CallEnd::answered;
}

void Interview::answered(Slot& slot, const experts::Completion& completion) {
  Seat& seat = *slot.seat;
  const Task& task = *slot.pending.task;
  store::Answer answer;
  answer.key = {seat.expert->name, task.key.prompt_hash, task.key.parameters_hash, 0};
  answer.question_id = task.question->id;
  answer.benchmark = task.question->benchmark;
  if (options_.keep_answers) answer.text = completion.text;
  answer.tokens = completion.usage.value_or(TokenCounts{.input = task.prompt_bytes / 4 + 1,
                                                        .cached_input = 0,
                                                        .output = estimate_tokens(completion.text),
                                                        .estimated = true});
  if (seat.expert->prices) answer.cost = cost_of(answer.tokens, *seat.expert->prices);
  answer.latency = std::chrono::duration_cast<milliseconds>(clock_.now() - slot.started);
  answer.asked = slot.asked;
  release(slot, answer.cost.value_or(Usd()));
  seat.failures_in_a_row = 0;

  const Graded graded = grade(task.grader, *task.question, completion.text);
  grades_.push_back({answer.key, std::string(task.grader.name), task.grader.version, graded.score});
  unstored_.push_back({&seat, graded.score, !graded.reason.empty(), answer.tokens.estimated});
  answers_.push_back(std::move(answer));
  free(slot);
  if (answers_.size() >= options_.batch_max) {
    store_batch();
  } else if (answers_.size() == 1) {
    batch_timer_.arm(options_.batch_age, [this] { store_batch(); });
  }
  go_on();
}

void Interview::retry_or_fail(Slot& slot, CallEnd end, const std::string& trouble) {
  Seat& seat = *slot.seat;
  seat.progress.trouble = trouble;
  const auto retry_after = slot.head.retry_after;
  if (retry_after) seat.paused_until = std::max(seat.paused_until, clock_.now() + *retry_after);
  // Being told to wait, or that one question does not fit, is a sign of life.
  const bool alive = slot.head.status == 429 || end == CallEnd::refused;
  seat.failures_in_a_row = alive ? 0 : seat.failures_in_a_row + 1;
  if (end == CallEnd::gone || seat.failures_in_a_row >= options_.failures_max) {
    give_up(seat, slot);
  }
  const bool again = end == CallEnd::retry && slot.pending.attempts < options_.attempts_max &&
                     !seat.progress.given_up && !cancel_at_ && !over_;
  if (again) {
    const auto wait =
        experts::next_delay(slot.pending.attempts, rng_, retry_after, options_.backoff);
    call_later(slot, wait);
  } else {
    ++seat.progress.failed;
    free(slot);
    report(seat);
  }
  go_on();
}

// Nothing new is asked; calls under way may still bring answers.
void Interview::give_up(Seat& seat, const Slot& current) {
  seat.progress.given_up = true;
  for (const auto& slot : seat.slots) {
    if (slot.get() == &current || slot->call != nullptr || slot->pending.task == nullptr) continue;
    if (slot->pending.attempts > 0) ++seat.progress.failed;
    free(*slot);
  }
}

void Interview::go_on() {
  fill_idle_slots();
  finish_if_over();
}

void Interview::release(Slot& slot, Usd cost) {
  budget_.settle(slot.reserved, cost);
  slot.seat->progress.spent += cost;
  slot.reserved = {};
}

void Interview::free(Slot& slot) {
  slot.pending = {};
  slot.timer.cancel();
}

// Blocks the loop for a commit, a few milliseconds: nothing here is a live request.
void Interview::store_batch() {
  batch_timer_.cancel();
  if (answers_.empty()) return;
  if (auto stored = store_.put_answers(answers_, grades_); !stored) {
    return abandon(std::move(stored.error()));
  }
  std::set<Seat*> changed;
  for (const Unstored& answer : unstored_) {
    ExpertProgress& progress = answer.seat->progress;
    ++progress.done;
    progress.score_sum += static_cast<double>(answer.score);
    if (answer.unread) ++progress.unread;
    if (answer.estimated) ++progress.estimated;
    changed.insert(answer.seat);
  }
  answers_.clear();
  grades_.clear();
  unstored_.clear();
  for (const auto& seat : seats_) {
    if (changed.contains(seat.get())) report(*seat);
  }
}

// Without a store every further answer would be paid for nothing.
void Interview::abandon(Error error) {
  error_ = std::move(error);
  answers_.clear();
  over_ = true;
  cancel_calls();
  loop_.stop();
}

void Interview::watch_stop() {
  if (over_) return;
  if (stop_ && !cancel_at_) {
    cancel_at_ = clock_.now() + options_.stop_patience;
    for (const auto& seat : seats_) {
      for (const auto& slot : seat->slots) {
        if (slot->call == nullptr) free(*slot);
      }
    }
  }
  if (cancel_at_ && clock_.now() >= *cancel_at_) cancel_calls();
  stop_timer_.arm(kStopPoll, [this] { watch_stop(); });
  finish_if_over();
}

// The experts may bill what we do not wait for: reservations count as spent.
void Interview::cancel_calls() {
  for (const auto& seat : seats_) {
    for (const auto& slot : seat->slots) {
      if (slot->call != nullptr) release(*slot, slot->reserved);
      slot->call.reset();
      free(*slot);
    }
  }
}

void Interview::finish_if_over() {
  if (over_) return;
  for (const auto& seat : seats_) {
    for (const auto& slot : seat->slots) {
      if (slot->pending.task != nullptr) return;
    }
  }
  store_batch();
  if (over_) return;
  over_ = true;
  // Idle slots with work left and nobody in flight: there is no money for the next call.
  out_of_budget_ = !cancel_at_ && std::any_of(seats_.begin(), seats_.end(), [](const auto& seat) {
    return !seat->progress.given_up && !seat->waiting.empty();
  });
  stop_timer_.cancel();
  loop_.stop();
}

Result<InterviewSummary> Interview::result() const {
  if (error_) return fail(*error_);
  InterviewSummary summary;
  for (const auto& seat : seats_) summary.experts.push_back(seat->progress);
  summary.ungradable = ungradable_;
  summary.ungradable_why = ungradable_why_;
  summary.spent = budget_.spent();
  summary.stopped = cancel_at_.has_value();
  summary.out_of_budget = out_of_budget_;
  return summary;
}

}  // namespace

Result<InterviewSummary> run_interview(
    http::Loop& loop, experts::ChatClient& client, store::Store& store, const Clock& clock,
    std::span<const Expert> experts, std::span<const Question> questions,
    const InterviewOptions& options, const std::atomic<bool>& stop, const OnProgress& on_progress) {
  const auto interview =
      std::make_shared<Interview>(loop, client, store, clock, options, stop, on_progress);
  if (auto prepared = interview->prepare(experts, questions); !prepared) {
    return fail(prepared.error());
  }
  interview->start();
  loop.run();
  return interview->result();
}

}  // namespace ooe::interview
