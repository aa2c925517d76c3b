// Two runs of self-play on one session would lose each other's spend.
#include "store/holder_lock.h"

#include <csignal>
#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ooe::store {
namespace {

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("ooe_holder_" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(HolderLock, IsHeldOnceAndNamesItsHolder) {
  const Folder folder;
  const std::string path = (folder.path / "a.lock").string();
  {
    const auto first = HolderLock::take(path, "process 17");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto second = HolderLock::take(path, "process 18");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    EXPECT_THAT(second.error().message, testing::HasSubstr("a.lock: held by process 17"));
  }
  EXPECT_TRUE(HolderLock::take(path, "p"));
}

TEST(HolderLock, AKilledHolderLeavesItFree) {
  const Folder folder;
  const std::string path = (folder.path / "b.lock").string();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto held = HolderLock::take(path, "a child");
    const char byte = held ? 'y' : 'n';
    (void)!::write(ready[1], &byte, 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_FALSE(HolderLock::take(path, "me"));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(HolderLock::take(path, "me"));
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace ooe::store
