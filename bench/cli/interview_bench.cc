// How many graded answers a second an interview stores, against instant simulated experts over
// HTTP, servers and interview on the same machine. The goal: 5,000 a second on two cores, under 100
// MiB, the simulated experts' memory included. Every answer is checked before the number counts.
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/simulation_config.h"
#include "experts/http_chat_client.h"
#include "interview/interview.h"
#include "simulate/simulation.h"

namespace {

using namespace ooe;  // NOLINT(google-build-using-namespace): a program of its own

constexpr int kExperts = 8;
constexpr int kQuestions = 5'000;

std::vector<Question> questions() {
  std::vector<Question> made;
  for (int i = 0; i < kQuestions; ++i) {
    Question question;
    question.id = fmt::format("q{}", i);
    question.question = fmt::format("How much is {} plus {}?", i, 2 * i);
    question.answer = std::to_string(3 * i);
    made.push_back(std::move(question));
  }
  return made;
}

simulate::SimulationOptions world() {
  simulate::SimulationOptions options{.seed = 3, .host = "127.0.0.1", .experts = {}};
  for (int i = 0; i < kExperts; ++i) {
    simulate::SimulatedExpert expert;
    expert.name = fmt::format("expert-{}", i);
    expert.prices = {*token_price(1), *token_price(1), *token_price(2)};
    expert.competence.otherwise = 0.5;
    options.experts.push_back(std::move(expert));
  }
  return options;
}

void graded_answers(benchmark::State& state) {
  const auto options = world();
  const auto asked = questions();
  http::Loop server_loop;
  http::Loop* const loops[] = {&server_loop};
  const auto simulation = simulate::start_simulation(loops, options, asked);
  if (!simulation) return state.SkipWithError(simulation.error().message.c_str());
  std::jthread servers([&] { server_loop.run(); });
  const auto config =
      cli::parse_config(cli::config_for(options, (*simulation)->ports()), "bench.toml");
  const std::string path =
      (std::filesystem::temp_directory_path() / fmt::format("interview_bench_{}.db", ::getpid()))
          .string();
  const auto remove = [&] {
    for (const char* ending : {"", "-wal", "-shm", "-runs"}) std::remove((path + ending).c_str());
  };
  const auto perfect = simulate::direct_outcomes(options, asked);
  double right = 0.0;
  for (const float score : perfect->score) right += static_cast<double>(score);

  for (auto _ : state) {
    remove();
    const SystemClock clock;
    const auto store = store::open_store(path);
    const auto journal = store::InterviewJournal::open(path, clock);
    http::Loop loop;
    experts::HttpChatClient client(
        loop, clock,
        std::make_shared<const experts::Endpoints>(*experts::resolve_endpoints(config->catalogue)));
    const std::atomic<bool> stop = false;
    const auto summary = interview::run_interview({loop, client, **journal, clock, stop}, **store,
                                                  config->catalogue.experts(), asked, {});
    if (!summary) return state.SkipWithError(summary.error().message.c_str());
    double score = 0.0;
    std::int64_t done = 0;
    for (const auto& expert : summary->asked.experts) {
      score += expert.score_sum;
      done += expert.done;
    }
    if (done != kExperts * kQuestions || score != right) {
      return state.SkipWithError("an answer is missing or wrongly graded");
    }
  }
  state.SetItemsProcessed(state.iterations() * kExperts * kQuestions);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1'024.0;
  server_loop.stop();
  remove();
}
BENCHMARK(graded_answers)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
