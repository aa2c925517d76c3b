#include "cli/stop_signal.h"

#include <atomic>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

namespace ooe::cli {
namespace {

// Threads that were there before it was made block nothing. A signal that reaches one of them used
// to end the process, when it came while nobody waited: a second SIGHUP during a reload did.
TEST(StopSignal, GetsSignalsThatOlderThreadsReceive) {
  std::atomic<bool> done = false;
  std::thread older([&] {
    while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  StopSignal signals;
  signals.take_hang_up();
  pthread_kill(older.native_handle(), SIGHUP);
  EXPECT_EQ(signals.wait_for(std::chrono::seconds(10)), SIGHUP);
  for (const int number : {SIGHUP, SIGTERM, SIGINT}) {
    ::kill(::getpid(), number);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // nobody waits
    EXPECT_EQ(signals.wait_for(std::chrono::seconds(10)), number);
  }
  EXPECT_FALSE(signals.wait_for(std::chrono::milliseconds(10)).has_value());
  done = true;
  older.join();
}

}  // namespace
}  // namespace ooe::cli
