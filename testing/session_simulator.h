// Drives whole request sessions with a fake clock and experts that do whatever experts do: answer,
// refuse, stall, cut, send garbage, while clients leave and deadlines pass. Everything follows from
// one seed, and which kinds of trouble can happen varies from run to run, not only their values.
// The simulator is also the judge: it knows which actions are legal when, and says what was wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.h"
#include "core/receipt.h"

namespace ooe::testing {

struct SimulatedRun {
  Receipt receipt;
  std::vector<std::string> violations;  // empty: all invariants held
  std::size_t events = 0;
};

// Runs one session to its end.
[[nodiscard]] SimulatedRun simulate_session(std::uint64_t seed);

}  // namespace ooe::testing
