#include "http/socket.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/system_words.h"
#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

// A watched socket and the test's end of the same connection.
struct Pair final : SocketUser {
  explicit Pair(Loop& loop, std::function<void()> on_ready)
      : ready(std::move(on_ready)), ends(connected()), socket(loop.impl(), *this, take_first()) {
    EXPECT_TRUE(socket.watch());
  }
  void on_ready() override { ready(); }

  static std::array<Descriptor, 2> connected() {
    std::array<int, 2> numbers{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, numbers.data()), 0);
    return {Descriptor(numbers[0]), Descriptor(numbers[1])};
  }
  Descriptor take_first() { return std::move(ends[0]); }
  void say(std::string_view text) {
    EXPECT_EQ(::write(ends[1].get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string hear(std::size_t most) {
    std::string text(most, '\0');
    const auto count = ::read(ends[1].get(), text.data(), most);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

  std::function<void()> ready;
  std::array<Descriptor, 2> ends;
  Socket socket;
};

void run_once(Loop& loop) {
  loop.post([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
}

TEST(Socket, KnowsThatAReadWhichDidNotFillItsRoomHasEmptiedIt) {
  Loop loop;
  int told = 0;
  Pair pair(loop, [&] { ++told; });
  std::array<char, 4> room{};
  EXPECT_EQ(pair.socket.receive(room).status, Io::again);
  pair.say("abcdef");
  EXPECT_FALSE(pair.socket.may_receive()) << "not told yet";
  run_once(loop);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(pair.socket.receive(room).bytes, 4U);
  EXPECT_TRUE(pair.socket.may_receive());
  EXPECT_EQ(pair.socket.receive(room).bytes, 2U);
  EXPECT_FALSE(pair.socket.may_receive());
  run_once(loop);
  EXPECT_EQ(told, 1) << "nothing new";
  pair.say("g");
  run_once(loop);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(pair.socket.receive(room).bytes, 1U);
}

// The end is told once, together with the last bytes.
TEST(Socket, FindsTheEndBehindAReadThatDidNotFillItsRoom) {
  Loop loop;
  Pair pair(loop, [] {});
  pair.say("abc");
  pair.ends[1].close();
  run_once(loop);
  std::array<char, 16> room{};
  EXPECT_EQ(pair.socket.receive(room).bytes, 3U);
  ASSERT_TRUE(pair.socket.may_receive());
  EXPECT_EQ(pair.socket.receive(room).status, Io::end);
}

TEST(Socket, TellsWhenMoreMayBeSentAndOnlyThen) {
  Loop loop;
  int told = 0;
  Pair pair(loop, [&] { ++told; });
  const std::string much(1U << 22U, 'x');
  const Transfer first = pair.socket.send({"head", much});
  ASSERT_EQ(first.status, Io::done);
  ASSERT_LT(first.bytes, much.size());
  EXPECT_EQ(pair.socket.send({much}).status, Io::again);
  run_once(loop);
  EXPECT_EQ(told, 0);
  std::size_t heard = 0;
  for (std::string some = pair.hear(much.size()); !some.empty(); some = pair.hear(much.size())) {
    EXPECT_TRUE(heard > 0 || some.starts_with("headx"));
    heard += some.size();
  }
  EXPECT_EQ(heard, first.bytes);
  run_once(loop);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(pair.socket.send({"more"}).bytes, 4U);
  pair.say("answer");
  run_once(loop);
  EXPECT_EQ(told, 2);
}

TEST(Socket, FailsAndSaysWhyWhenNobodyListens) {
  Loop loop;
  std::optional<Io> status;
  struct User final : SocketUser {
    std::function<void()> ready;
    void on_ready() override { ready(); }
  } user;
  Socket socket(loop.impl(), user);
  user.ready = [&] {
    status = socket.is_connected();
    loop.stop();
  };
  const auto nobody = numeric_endpoint("127.0.0.1", "1");
  ASSERT_TRUE(nobody.has_value());
  Io begun = socket.connect(*nobody);
  if (begun == Io::again) {
    loop.run();
    begun = status.value_or(Io::again);
  }
  EXPECT_EQ(begun, Io::failed);
  EXPECT_EQ(system_words(socket.error()), "Connection refused");
}

// A deadline may pass while something else keeps the loop: what came meanwhile came in time.
TEST(Socket, IsToldWhatCameBeforeADeadlineThatPassedMeanwhile) {
  Loop loop;
  std::vector<std::string> order;
  Pair pair(loop, [&] { order.emplace_back("data"); });
  Timer timer(loop);
  timer.arm(milliseconds(2), [&] {
    order.emplace_back("deadline");
    loop.stop();
  });
  loop.post([&] {
    pair.say("in time");
    std::this_thread::sleep_for(milliseconds(10));
  });
  loop.run();
  EXPECT_EQ(order, (std::vector<std::string>{"data", "deadline"}));
}

// Both have something to be told in one turn; the first closes the second.
TEST(Socket, IsNotToldWhatATurnStillHadOnceItIsClosedOrDestroyed) {
  for (const bool destroyed : {false, true}) {
    Loop loop;
    std::array<std::unique_ptr<Pair>, 2> pairs;
    int told = 0;
    for (std::size_t i = 0; i < 2; ++i) {
      pairs[i] = std::make_unique<Pair>(loop, [&, i] {
        ++told;
        if (destroyed) {
          pairs[1 - i].reset();
        } else {
          pairs[1 - i]->socket.close();
        }
      });
    }
    pairs[0]->say("a");
    pairs[1]->say("b");
    run_once(loop);
    EXPECT_EQ(told, 1);
  }
}

}  // namespace
}  // namespace ooe::http::testing
