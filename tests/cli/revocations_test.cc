#include "cli/revocations.h"

#include <gtest/gtest.h>

namespace ooe::cli {
namespace {

constexpr const char* kPepper = "a secret of the test";

gateway::KeyRing ring_of(const gateway::ApiKey& key) {
  return *gateway::KeyRing::make(kPepper, {key});
}

TEST(Revocations, HoldWhateverAFileSaysUntilItSaysTheSame) {
  const auto leaked = gateway::make_key(kPepper, "leaked");
  const std::string shown = "Bearer " + leaked.text;
  Revocations revocations;
  EXPECT_NE(revocations.apply_to(ring_of(leaked.entry)).recognise(shown), nullptr);
  revocations.add(leaked.entry.hash);
  for (int reload = 0; reload < 2; ++reload) {
    EXPECT_EQ(revocations.apply_to(ring_of(leaked.entry)).recognise(shown), nullptr);
  }
  // Another key of the same name is another key.
  const auto next = gateway::make_key(kPepper, "leaked");
  EXPECT_NE(revocations.apply_to(ring_of(next.entry)).recognise("Bearer " + next.text), nullptr);
  EXPECT_EQ(revocations.apply_to(ring_of(leaked.entry)).recognise(shown), nullptr);
  // Once it is in the file, the file decides: whoever takes the word out there means it.
  auto written = leaked.entry;
  written.revoked = true;
  EXPECT_EQ(revocations.apply_to(ring_of(written)).recognise(shown), nullptr);
  EXPECT_NE(revocations.apply_to(ring_of(leaked.entry)).recognise(shown), nullptr);
}

}  // namespace
}  // namespace ooe::cli
