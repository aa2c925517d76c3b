#include "learn/blas.h"

#include <algorithm>
#include <array>

#include <cblas.h>
#include <fmt/format.h>

namespace ooe::learn {
namespace {

// What it falls back to, and what is as old: none uses AVX2.
constexpr std::array<std::string_view, 6> kOldKernels{
    "Prescott", "Core2", "Nehalem", "Sandybridge", "Barcelona", "Bulldozer",
};

}  // namespace

std::optional<std::string> advice_on_kernels(std::string_view kernels, bool has_avx2) {
  if (!has_avx2 || std::ranges::find(kOldKernels, kernels) == kOldKernels.end()) {
    return std::nullopt;
  }
  return fmt::format(
      "OpenBLAS does not know this processor and computes as for an old one ({}); with "
      "OPENBLAS_CORETYPE=Haswell in the environment this takes a fraction of the time",
      kernels);
}

std::optional<std::string> advice_on_kernels() {
  const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  return advice_on_kernels(openblas_get_corename(), has_avx2);
}

}  // namespace ooe::learn
