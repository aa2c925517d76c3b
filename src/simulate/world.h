// The simulated world: who is good at what, decided by hashes of the seed, so that the same expert
// gives the same answer to the same question in every run, over HTTP or without.
// In: options. Out: whether an expert is right about a question. Knows: core.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "core/expert.h"
#include "core/question.h"
#include "simulate/fault.h"

namespace ooe::simulate {

// Probability of a right answer.
struct Competence {
  double otherwise = 0.5;
  std::map<std::string, double> by_subject = {};

  [[nodiscard]] double in(const std::string& subject) const;
};

struct SimulatedExpert {
  std::string name;        // no '#': it starts a fault's name
  std::uint16_t port = 0;  // 0: a free one
  Prices prices = {};
  Competence competence = {};
  // How much of its luck is the question's own difficulty, which all experts share: 0, errors are
  // independent; 1, whoever is better in a subject is right wherever a weaker one is.
  double difficulty_share = 0.4;
  double verbosity = 0.3;  // share of answers worked out step by step: more tokens, same answer
  std::chrono::milliseconds first_token{0};
  double tokens_per_second = 0.0;  // 0: all at once
  std::optional<Fault> fault = std::nullopt;
  double fault_share = 0.0;  // of requests that `fault` strikes
  // Asked to judge an answer to a question of the bank, it does, and is right so often; nothing: it
  // does not.
  std::optional<double> judges = std::nullopt;
  bool writes = false;  // asked for questions, it writes some of SimulationOptions::to_write
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::string host = "127.0.0.1";
  std::vector<SimulatedExpert> experts = {};
  std::vector<Question> to_write = {};  // what writers know to ask; all know to answer it
};

// Errors: invalid_argument, naming the expert, the value and the remedy.
[[nodiscard]] Result<void> check(const SimulationOptions& options);

// Returns dice that fall the same way for the same arguments; `purpose` keeps decisions apart.
[[nodiscard]] Rng dice(std::uint64_t seed, std::string_view purpose, std::string_view expert,
                       std::string_view about);

// One-factor Gaussian copula: with z_question shared by all experts and z_expert its own, both
// standard normal, and s the difficulty share,
//   right  <=>  Phi(sqrt(s) * z_question + sqrt(1 - s) * z_expert) < competence.
// The sum is standard normal too, so the share of right answers is the competence exactly, however
// much the errors of two experts correlate.
[[nodiscard]] bool is_right(std::uint64_t seed, const SimulatedExpert& expert, const QueryId& query,
                            const std::string& subject);

}  // namespace ooe::simulate
