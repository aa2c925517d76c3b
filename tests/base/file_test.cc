#include "base/file.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/rng.h"

namespace ooe {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  File() : folder_(fs::temp_directory_path() / ("ooe-" + to_hex(QueryId{random_bytes_128()}))) {
    fs::create_directory(folder_);
  }
  ~File() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  static void put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  // Reads without read_file's inflating.
  static std::string get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static std::string noise(std::size_t size) {
    Rng rng(1);
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.below(256));
    return bytes;
  }

  [[nodiscard]] std::string gzipped(const std::string& bytes) const {
    EXPECT_TRUE(write_file_atomically(path("tmp.gz"), bytes).has_value());
    return get(path("tmp.gz"));
  }

  fs::path folder_;
};

TEST_F(File, GivesBackWhatWasWritten) {
  for (const std::string& name : {std::string("plain"), std::string("packed.gz")}) {
    for (const std::size_t size : {0U, 1U, 65'536U, 300'001U}) {
      SCOPED_TRACE(testing::Message() << name << ", " << size << " bytes");
      const std::string bytes = noise(size);
      ASSERT_TRUE(write_file_atomically(path(name), bytes).has_value());
      const auto read = read_file(path(name));
      ASSERT_TRUE(read.has_value()) << read.error().message;
      EXPECT_EQ(*read, bytes);
    }
  }
}

TEST_F(File, PacksWhenTheNameSaysSo) {
  const std::string packed = gzipped(std::string(100'000, 'a'));
  EXPECT_LT(packed.size(), 1'000U);
  EXPECT_EQ(packed.substr(0, 2), "\x1f\x8b");
}

TEST_F(File, KnowsGzipByItsBytesNotItsName) {
  put(path("questions.jsonl"), gzipped("text"));
  EXPECT_EQ(read_file(path("questions.jsonl")), "text");
}

TEST_F(File, JoinsTheMembersOfAGzip) {
  put(path("two.gz"), gzipped("first, ") + gzipped("second"));
  EXPECT_EQ(read_file(path("two.gz")), "first, second");
}

TEST_F(File, CallsEveryTruncatedGzipCorrupt) {
  const std::string packed = gzipped(noise(500));
  for (std::size_t size = 2; size < packed.size(); ++size) {
    put(path("cut.gz"), packed.substr(0, size));
    const auto read = read_file(path("cut.gz"));
    ASSERT_FALSE(read.has_value()) << size;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt) << size;
    EXPECT_NE(read.error().message.find("cut.gz"), std::string::npos);
  }
}

TEST_F(File, CallsDamagedGzipCorrupt) {
  std::string packed = gzipped(noise(500));
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 1);
  put(path("bad.gz"), packed);
  const auto read = read_file(path("bad.gz"));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);

  put(path("tail.gz"), gzipped("text") + "tail");
  EXPECT_EQ(read_file(path("tail.gz")).error().code, ErrorCode::corrupt);
}

TEST_F(File, SaysHowToUnpackWhatIsNoGzip) {
  for (const auto& [bytes, words] : {std::pair{"\x28\xb5\x2f\xfd....", "with zstd; unpack it"},
                                     std::pair{"PK\x03\x04....", "with zip; unpack it"}}) {
    put(path("packed"), bytes);
    const auto read = read_file(path("packed"));
    ASSERT_FALSE(read.has_value());
    EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
  }
}

TEST_F(File, StopsAtTheLimitBeforeABombGoesOff) {
  put(path("bomb.gz"), gzipped(std::string(1'000'000, '\0')));
  const auto read = read_file(path("bomb.gz"), 10'000);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::resource_exhausted);

  put(path("plain"), "12345");
  EXPECT_EQ(read_file(path("plain"), 4).error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(read_file(path("plain"), 5), "12345");
}

TEST_F(File, SaysWhichFileIsMissingOrUnreadable) {
  const auto missing = read_file(path("missing"));
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find(path("missing")), std::string::npos);

  const auto folder = read_file(folder_);
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code, ErrorCode::unavailable);
}

TEST_F(File, ASecretIsForItsOwnerAndNeverWrittenOver) {
  ASSERT_TRUE(write_secret_file(path("secret"), "hush").has_value());
  EXPECT_EQ(get(path("secret")), "hush");
  EXPECT_EQ(fs::status(path("secret")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(write_secret_file(path("secret"), "new").error().code, ErrorCode::unavailable);
  EXPECT_EQ(get(path("secret")), "hush");
}

TEST_F(File, AFailedWriteLeavesTheOldBytesAndNoRubbish) {
  fs::create_directory(path("target"));  // a folder cannot be replaced by a file
  put(path("target") + "/inside", "kept");
  const auto written = write_file_atomically(path("target"), "new");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
  EXPECT_EQ(get(path("target") + "/inside"), "kept");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);

  EXPECT_EQ(write_file_atomically(path("no/such/folder"), "new").error().code,
            ErrorCode::unavailable);
}

TEST_F(File, WritingFollowsLinksAndKeepsTheMode) {
  const std::filesystem::path folder(testing::TempDir());
  const std::string file = (folder / "linked.txt").string();
  const std::string link = (folder / "link.txt").string();
  std::filesystem::remove(link);
  ASSERT_TRUE(write_file_atomically(file, "old").has_value());
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  std::filesystem::create_symlink(file, link);
  ASSERT_TRUE(write_file_atomically(link, "new").has_value());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(read_file(file).value(), "new");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(File, WritingIntoAPipeLeavesAPipe) {
  const std::string pipe = (std::filesystem::path(testing::TempDir()) / "a_pipe").string();
  std::filesystem::remove(pipe);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  ASSERT_TRUE(write_file_atomically(pipe, "through").has_value());
  std::array<char, 16> bytes{};
  EXPECT_EQ(::read(reader, bytes.data(), bytes.size()), 7);
  ::close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

// More than a pipe holds, so that the writer waits, and is interrupted as it does.
TEST(WriteAll, GoesOnAfterSignals) {
  struct sigaction old = {};
  struct sigaction interrupt = {};
  interrupt.sa_handler = [](int) {};  // without SA_RESTART
  ASSERT_EQ(::sigaction(SIGUSR1, &interrupt, &old), 0);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const std::string bytes(300'000, 'x');
  bool written = false;
  std::thread writer([&] {
    written = write_all(ends[1], bytes);
    ::close(ends[1]);
  });
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::pthread_kill(writer.native_handle(), SIGUSR1);
  }
  std::string got;
  std::array<char, 4'096> part{};
  for (ssize_t n = 0; (n = ::read(ends[0], part.data(), part.size())) > 0;) {
    got.append(part.data(), static_cast<std::size_t>(n));
  }
  writer.join();
  ::close(ends[0]);
  ::sigaction(SIGUSR1, &old, nullptr);
  EXPECT_TRUE(written);
  EXPECT_TRUE(got == bytes) << got.size() << " bytes";
}

TEST(WriteAll, SaysWhereItCannot) {
  const int descriptor = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(descriptor, 0);
  EXPECT_TRUE(write_all(descriptor, ""));
  EXPECT_FALSE(write_all(descriptor, "x"));
  EXPECT_EQ(errno, ENOSPC);
  ::close(descriptor);
}

}  // namespace
}  // namespace ooe
