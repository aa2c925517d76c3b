// The configuration of `ooe simulate`: a world of simulated experts (examples/demo/simulate.toml is
// one).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "simulate/world.h"

namespace ooe::cli {

struct SimulationConfig {
  simulate::SimulationOptions options;
  // Files, relative to the configuration: what experts know, and what writers write.
  std::vector<std::string> questions;
  std::vector<std::string> to_write;
};

[[nodiscard]] Result<SimulationConfig> parse_simulation_config(std::string_view toml,
                                                               std::string_view name);
[[nodiscard]] Result<SimulationConfig> load_simulation_config(const std::string& path);

// Returns an ooe.toml for the experts listening on `ports`, with one model "auto" and everything
// public.
[[nodiscard]] std::string config_for(const simulate::SimulationOptions& options,
                                     std::span<const std::uint16_t> ports);
// Errors: permission_denied when there is a file of that name that config_for() did not write: it
// may be somebody's own configuration.
[[nodiscard]] Result<void> check_may_overwrite_config(const std::string& path);

}  // namespace ooe::cli
