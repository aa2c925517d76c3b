#include "interview/program_grader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/file.h"
#include "base/system_words.h"
#include "interview/fenced_block.h"

namespace ooe::interview {
namespace {

using Clock = std::chrono::steady_clock;

// Closes its descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  void close() {
    ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

tl::unexpected<Error> system_error(std::string_view what) {
  return fail(ErrorCode::unavailable, "sandbox: {}: {}", what, system_words(errno));
}

// In a file without a name: no pipe to be filled while the output is read.
bool fill(int file, std::string_view bytes) {
  return write_all(file, bytes) && ::lseek(file, 0, SEEK_SET) == 0;
}

// In a process group of its own, so that all of it can be killed, and with an environment of its
// own: ours holds the keys that experts are asked with, and what runs was written by an expert.
int spawn(const std::string& command, int input, int output, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  std::string shell = "sh";
  std::string flag = "-c";
  std::string text = command;
  const std::array<char*, 4> arguments{shell.data(), flag.data(), text.data(), nullptr};
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  std::string path_entry =
      std::string("PATH=") + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  std::string locale_entry = "LC_ALL=C.UTF-8";
  const std::array<char*, 3> environment{path_entry.data(), locale_entry.data(), nullptr};
  const int error =
      ::posix_spawn(&child, "/bin/sh", &files, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

// Reads until the end of the output, the deadline or the limit.
void read_output(int output, const SandboxOptions& sandbox, Clock::time_point deadline,
                 ProgramRun& run) {
  std::array<char, 16'384> buffer{};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting{output, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      run.timed_out = true;
      return;
    }
    const ssize_t got = ::read(output, buffer.data(), buffer.size());
    if (got <= 0) return;
    run.output.append(buffer.data(), static_cast<std::size_t>(got));
    if (run.output.size() > sandbox.output_bytes_max) {
      run.too_long = true;
      return;
    }
  }
}

// Waits until the child has ended, but does not reap it: while it is not, its id, and its group's,
// belong to nobody else. Returns false at the deadline: a program may close its output and stay.
bool wait_for_end(pid_t child, Clock::time_point deadline) {
  constexpr std::chrono::milliseconds kBetweenLooks{5};
  while (true) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == child) {
      return true;
    }
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace

std::string_view program_in(std::string_view answer) {
  return last_code_block(answer).value_or(answer);
}

Result<ProgramRun> run_program(const SandboxOptions& sandbox, std::string_view program) {
  const Descriptor input(::memfd_create("program", MFD_CLOEXEC));
  if (input.get() < 0 || !fill(input.get(), program)) return system_error("its input");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("its output");
  const Descriptor output(ends[0]);
  Descriptor other_end(ends[1]);
  pid_t child = 0;
  if (const int error = spawn(sandbox.command, input.get(), other_end.get(), child); error != 0) {
    errno = error;
    return system_error("/bin/sh");
  }
  other_end.close();
  const auto deadline = Clock::now() + sandbox.timeout;
  ProgramRun run;
  read_output(output.get(), sandbox, deadline, run);
  if (!run.timed_out && !run.too_long) run.timed_out = !wait_for_end(child, deadline);
  ::kill(-child, SIGKILL);  // and whatever it left running; before its id is given back
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

Result<void> check_sandbox(const SandboxOptions& sandbox) {
  constexpr int kMayNotRun = 126;  // POSIX, Shell Command Language, 2.8.2
  constexpr int kNotFound = 127;
  const auto run = run_program(sandbox, "");
  if (!run) return fail(run.error());
  if (run->exit_code != kMayNotRun && run->exit_code != kNotFound) return {};
  return fail(
      ErrorCode::invalid_argument,
      "--sandbox '{}': the shell cannot run it (exit code {}), and every answer would count "
      "as wrong; see that it works with `{} < /dev/null`",
      sandbox.command, run->exit_code, sandbox.command);
}

bool same_output(std::string_view output, std::string_view truth) {
  output = trimmed_end(output, is_blank);
  truth = trimmed_end(truth, is_blank);
  while (!output.empty() || !truth.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    const std::size_t other = std::min(truth.find('\n'), truth.size());
    if (trimmed_end(output.substr(0, end), is_blank) !=
        trimmed_end(truth.substr(0, other), is_blank)) {
      return false;
    }
    output.remove_prefix(std::min(end + 1, output.size()));
    truth.remove_prefix(std::min(other + 1, truth.size()));
  }
  return true;
}

}  // namespace ooe::interview
