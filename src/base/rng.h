// Random numbers from a seed: the same on every machine and library, so that a printed seed
// reproduces a run. The engine is the standard's mt19937_64 (its output is specified); the
// distributions are ours because the standard's are not.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <utility>

namespace ooe {

class Rng {
 public:
  explicit Rng(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }

  // Uniform in [0, 1), 53 random bits.
  double uniform();

  // Uniform in [0, bound). Requires: bound > 0. Unbiased (Lemire 2019, nearly divisionless).
  std::uint64_t below(std::uint64_t bound);

  // Normal with mean 0 and variance 1 (Marsaglia's polar method).
  double normal();

  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
  bool spare_ready_ = false;
  double spare_ = 0.0;
};

}  // namespace ooe
