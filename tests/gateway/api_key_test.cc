#include "gateway/api_key.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kPepper = "0123456789abcdef0123456789abcdef";

TEST(KeyRing, KnowsItsKeysAndNoOthers) {
  const NewKey alice = make_key(kPepper, "alice");
  NewKey gone = make_key(kPepper, "gone");
  gone.entry.revoked = true;
  const NewKey foreign = make_key("another secret of the same length", "alice");
  const auto ring = KeyRing::make(std::string(kPepper), {alice.entry, gone.entry});
  ASSERT_TRUE(ring.has_value()) << ring.error().message;

  const ApiKey* found = ring->recognise("Bearer " + alice.text);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, "alice");
  EXPECT_NE(ring->recognise("bearer   " + alice.text), nullptr);

  std::string last_digit_wrong = alice.text;
  last_digit_wrong.back() = last_digit_wrong.back() == '0' ? '1' : '0';
  std::string mixed = alice.text;  // one's id with another's secret
  mixed.replace(13, std::string::npos, gone.text.substr(13));
  for (const std::string& header :
       {std::string(), std::string("Bearer"), std::string("Bearer "), "Basic " + alice.text,
        alice.text, "Bearer " + alice.text + " ", "Bearer " + alice.text + "0",
        "Bearer " + alice.text.substr(1), "Bearer " + last_digit_wrong, "Bearer " + mixed,
        "Bearer " + gone.text, "Bearer " + foreign.text}) {
    EXPECT_EQ(ring->recognise(header), nullptr) << header;
  }
}

TEST(KeyRing, StoresNothingThatOpensAnything) {
  const NewKey key = make_key(kPepper, "alice");
  EXPECT_EQ(key.text.find(to_hex(key.entry.hash)), std::string::npos);
  EXPECT_NE(make_key(kPepper, "alice").text, key.text);
  const auto other = KeyRing::make("0123456789abcdef0123456789abcdeX", {key.entry});
  EXPECT_EQ(other->recognise("Bearer " + key.text), nullptr) << "the pepper counts";
}

TEST(KeyRing, RefusesWhatStandsTwiceAndAShortPepper) {
  const NewKey a = make_key(kPepper, "a");
  NewKey b = make_key(kPepper, "a");
  EXPECT_THAT(KeyRing::make(std::string(kPepper), {a.entry, b.entry}).error().message,
              HasSubstr("key 'a' stands twice"));
  b.entry.name = "b";
  b.entry.id = a.entry.id;
  EXPECT_THAT(KeyRing::make(std::string(kPepper), {a.entry, b.entry}).error().message,
              HasSubstr("stands twice"));
  EXPECT_THAT(KeyRing::make("short", {}).error().message, HasSubstr("5 bytes"));
}

TEST(ApiKey, MayAskForWhatItListsOrForAll) {
  ApiKey key;
  EXPECT_TRUE(key.may_ask_for("anything"));
  key.models = {"auto"};
  EXPECT_TRUE(key.may_ask_for("auto"));
  EXPECT_FALSE(key.may_ask_for("gpt-4"));
}

}  // namespace
}  // namespace ooe::gateway
