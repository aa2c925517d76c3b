// The interview's promise, on the real program: eight simulated experts that fail in every way,
// 2,000 questions, kill -9 at three random moments. In the end every pair has exactly one outcome,
// the right one, and the money on record covers what the servers billed, by their own ledgers and
// not by the usage they told; what it exceeds them by is on record call by call.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "cli/simulation_config.h"
#include "dataset/question_file.h"
#include "simulate/simulation.h"
#include "store/interview_journal.h"

namespace ooe::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int kQuestions = 2'000;
constexpr int kKills = 3;

std::vector<Question> questions_of(int count) {
  std::vector<Question> questions;
  for (int i = 0; i < count; ++i) {
    Question question;
    question.id = fmt::format("q{}", i);
    question.benchmark = "made";
    question.subject = i % 2 == 0 ? "choice" : "number";
    if (i % 2 == 0) {
      question.question = fmt::format("Which of these is number {}?", i);
      question.choices = {"the north bank", "the south bank", "the east bank", "the west bank"};
      question.answer = std::string(1, static_cast<char>('A' + i / 2 % 4));
    } else {
      question.question = fmt::format("How much is {} plus {}?", i, i);
      question.answer = std::to_string(2 * i);
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

simulate::SimulationOptions world() {
  simulate::SimulationOptions options{.seed = 11, .host = "127.0.0.1", .experts = {}};
  const std::pair<const char*, double> faults[] = {
      {"", 0.0},          {"429", 0.15},        {"retry-after-0", 0.1},
      {"stall", 0.004},   {"cut-after-3", 0.1}, {"wrong-usage", 0.3},
      {"malformed", 0.1}, {"early-close", 0.1}};
  for (const auto& [fault, share] : faults) {
    simulate::SimulatedExpert expert;
    expert.name = fmt::format("expert-{}", options.experts.size());
    const auto price = 0.1 + 0.7 * static_cast<double>(options.experts.size());
    expert.prices = {*token_price(price), *token_price(price), *token_price(3 * price)};
    expert.competence.otherwise = 0.3 + 0.08 * static_cast<double>(options.experts.size());
    expert.first_token = milliseconds(2 + 4 * options.experts.size());
    if (share > 0.0) {
      expert.fault = *simulate::parse_fault(fault);
      expert.fault_share = share;
    }
    options.experts.push_back(std::move(expert));
  }
  return options;
}

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~KillTest() override { fs::remove_all(folder_); }

  // Starts the program; its end is waited for, or brought about.
  pid_t start() const {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int null = ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    const std::string ooe = (fs::read_symlink("/proc/self/exe").parent_path() / "ooe").string();
    const std::string config = (folder_ / "ooe.toml").string();
    const std::string questions = (folder_ / "q.jsonl").string();
    ::execl(ooe.c_str(), "ooe", "interview", "--config", config.c_str(), "--benchmark",
            questions.c_str(), "--concurrency", "16", "--timeout", "2", "--max-tokens", "200",
            "--budget-usd", "1000", static_cast<char*>(nullptr));
    ::_exit(127);
  }

  fs::path folder_ = fs::path(::testing::TempDir()) / fmt::format("kill_test_{}", ::getpid());
};

TEST_F(KillTest, NothingIsLostPaidTwiceOrUnaccountedFor) {
  const char* given = std::getenv("OOE_SEED");  // NOLINT(concurrency-mt-unsafe)
  const std::uint64_t seed = given == nullptr ? 5 : std::strtoull(given, nullptr, 10);
  SCOPED_TRACE(fmt::format("OOE_SEED={}", seed));
  Rng rng(seed);
  const auto options = world();
  const auto questions = questions_of(kQuestions);
  ASSERT_TRUE(dataset::write_questions((folder_ / "q.jsonl").string(), questions).has_value());

  http::Loop loop;
  http::Loop* const loops[] = {&loop};
  auto simulation = simulate::start_simulation(loops, options, questions);
  ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
  std::thread servers([&loop] { loop.run(); });
  ASSERT_TRUE(write_file_atomically((folder_ / "ooe.toml").string(),
                                    config_for(options, (*simulation)->ports()))
                  .has_value());

  int status = -1;
  int kills = 0;
  for (int run = 0; run < kKills + 4 && status != 0; ++run) {
    const pid_t child = start();
    ASSERT_GT(child, 0);
    if (kills < kKills) {
      std::this_thread::sleep_for(milliseconds(400 + rng.below(1'200)));
      if (::kill(child, SIGKILL) == 0) ++kills;
    }
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
      status = -1;
    }
  }
  EXPECT_EQ(status, 0) << "the last run has every answer:\n"
                       << read_file((folder_ / "log").string()).value_or("");
  EXPECT_EQ(kills, kKills);
  std::this_thread::sleep_for(milliseconds(300));  // the servers notice who has left
  loop.stop();
  servers.join();

  const std::string path = (folder_ / "ooe.db").string();
  const auto store = store::open_store(path);
  ASSERT_TRUE(store.has_value());
  const auto outcomes = (*store)->outcomes();
  ASSERT_TRUE(outcomes.has_value());
  const auto perfect = simulate::direct_outcomes(options, questions);
  std::map<std::pair<std::string, std::string>, float> scores;
  for (const Outcome& outcome : *outcomes) {
    EXPECT_TRUE(
        scores.emplace(std::pair(outcome.question_id, outcome.expert), outcome.score).second)
        << outcome.question_id << " of " << outcome.expert << " has two outcomes";
  }
  EXPECT_EQ(scores.size(), static_cast<std::size_t>(kQuestions) * options.experts.size());
  int wrong = 0;
  for (std::size_t row = 0; row < perfect->n_queries(); ++row) {
    for (std::size_t expert = 0; expert < perfect->n_experts(); ++expert) {
      const auto key = std::pair(perfect->question_ids[row], perfect->experts[expert]);
      if (scores[key] != perfect->score[perfect->at(row, expert)]) ++wrong;
    }
  }
  EXPECT_EQ(wrong, 0);

  SQLite::Database database(path);
  std::int64_t answers_nano = 0;
  std::int64_t billed_nano = 0;
  std::int64_t listed_nano = 0;
  std::int64_t killed_calls = 0;
  const SystemClock clock;
  const auto journal = store::InterviewJournal::open(path, clock);
  const auto unsettled = (*journal)->unsettled();
  for (std::size_t i = 0; i < options.experts.size(); ++i) {
    SQLite::Statement sum(database, "SELECT sum(cost_nano_usd) FROM answers WHERE expert = ?");
    sum.bind(1, options.experts[i].name);
    ASSERT_TRUE(sum.executeStep());
    const std::int64_t answers = sum.getColumn(0).getInt64();
    std::int64_t listed = 0;
    for (const store::OpenCall& call : *unsettled) {
      if (call.key.expert != options.experts[i].name) continue;
      listed += call.reserved.nano;
      if (call.ended == "killed") ++killed_calls;
      if (i < 3) {
        EXPECT_EQ(call.ended, "killed") << "expert " << i << " is billed exactly otherwise";
      }
    }
    const std::int64_t billed = (*simulation)->ledger(i).billed.nano;
    SCOPED_TRACE(fmt::format("{}: answers {}, listed {}, billed {}", options.experts[i].name,
                             answers, listed, billed));
    EXPECT_GE(answers + listed, billed) << "no money is forgotten";
    // An answer whose usage is not believed has an estimated cost, and is marked so.
    SQLite::Statement guessed(
        database,
        "SELECT ifnull(sum(cost_nano_usd), 0) FROM answers WHERE tokens_estimated AND expert = ?");
    guessed.bind(1, options.experts[i].name);
    ASSERT_TRUE(guessed.executeStep());
    EXPECT_LE(answers + listed - billed, listed + guessed.getColumn(0).getInt64())
        << "what is too much is listed";
    answers_nano += answers;
    listed_nano += listed;
    billed_nano += billed;
  }
  EXPECT_LE(killed_calls, kKills * 8 * 16) << "no more than were in flight";
  const simulate::Ledger faultless = (*simulation)->ledger(0);
  EXPECT_LE(faultless.requests, kQuestions + kKills * 16)
      << "only what was in flight is asked again";
  fmt::print(
      "billed {} USD; on record {} USD for answers and {} USD for {} calls of unknown cost, "
      "{} of them killed\n",
      to_string(Usd{billed_nano}), to_string(Usd{answers_nano}), to_string(Usd{listed_nano}),
      unsettled->size(), killed_calls);
}

// Ctrl-C: calls in flight end, what came back is on record, and the next run goes on from there.
// Whichever thread the system gives the signal to: libraries have threads of their own.
TEST_F(KillTest, APoliteStopTellsWhatIsOnRecord) {
  auto options = world();
  options.experts.resize(1);
  const auto questions = questions_of(kQuestions);
  ASSERT_TRUE(dataset::write_questions((folder_ / "q.jsonl").string(), questions).has_value());
  http::Loop loop;
  http::Loop* const loops[] = {&loop};
  options.experts[0].first_token = milliseconds(50);
  auto simulation = simulate::start_simulation(loops, options, questions);
  ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
  std::thread servers([&loop] { loop.run(); });
  ASSERT_TRUE(write_file_atomically((folder_ / "ooe.toml").string(),
                                    config_for(options, (*simulation)->ports()))
                  .has_value());
  const pid_t child = start();
  ASSERT_GT(child, 0);
  // Not before it asks: until then nobody takes the signal.
  for (int i = 0; i < 3'000 && (*simulation)->ledger(0).requests == 0; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  ASSERT_EQ(::kill(child, SIGINT), 0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  loop.stop();
  servers.join();
  const std::string log = read_file((folder_ / "log").string()).value_or("");
  ASSERT_TRUE(WIFEXITED(status)) << log;
  EXPECT_EQ(WEXITSTATUS(status), 1) << log;
  EXPECT_NE(log.find("goes on from here"), std::string::npos) << log;
}

}  // namespace
}  // namespace ooe::cli
