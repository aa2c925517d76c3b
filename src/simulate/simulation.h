// Simulated experts as real HTTP servers on loopback: each on its own port speaks OpenAI's dialect
// (POST /v1/chat/completions, JSON and SSE; GET /v1/models, /healthz, /ledger) and Anthropic's
// (POST /v1/messages), calls tools and fills schemas when it is asked to, has competence,
// prices, a pace and faults on request (simulate/fault.h), and labels whatever it says as
// simulated. In: a world and a question bank. Out: servers, and their ledgers. Knows: http, core.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "core/outcome.h"
#include "core/question.h"
#include "http/loop.h"
#include "simulate/world.h"

namespace ooe::simulate {

// What one expert did since its start.
struct Ledger {
  std::int64_t requests = 0;    // chat requests, good and bad
  std::int64_t refused = 0;     // answered with a status of 400 or more
  std::int64_t unfinished = 0;  // begun, and broken off by a fault or because the client left
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;  // sent, also of unfinished answers
  Usd billed;                      // each answer rounded once, as receipts are
};

class Simulation {
 public:
  // Requires: as ~http::Server: the loops have been stopped, or are the calling thread's.
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // In the order of options.experts.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;
  // Any thread. Requires: the index of one of options.experts.
  [[nodiscard]] Ledger ledger(std::size_t expert) const;

 private:
  friend Result<std::unique_ptr<Simulation>> start_simulation(std::span<http::Loop* const>,
                                                              const SimulationOptions&,
                                                              std::vector<Question>);
  struct Impl;
  explicit Simulation(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Errors: as check(options); unavailable when a port is in use.
// Requires: the loops outlive the simulation.
[[nodiscard]] Result<std::unique_ptr<Simulation>> start_simulation(
    std::span<http::Loop* const> loops, const SimulationOptions& options,
    std::vector<Question> questions);

// Returns what an interview over HTTP with a perfect grader would find, without the HTTP: for
// experiments with many seeds. Rows are the questions, columns options.experts; NaN where the
// answer of a question is unknown. Errors: as check(options).
[[nodiscard]] Result<OutcomeMatrix> direct_outcomes(const SimulationOptions& options,
                                                    std::span<const Question> questions);

}  // namespace ooe::simulate
