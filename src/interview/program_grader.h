// Answers that are programs: what stands in the last block of code is run, and what it prints is
// compared with the question's answer. Only by a sandbox command that the user names: ooe itself
// never runs what an expert wrote.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe::interview {

struct SandboxOptions {
  // For /bin/sh; the program comes on its standard input. Of our environment it gets PATH alone.
  std::string command;
  std::chrono::milliseconds timeout{10'000};  // then it is killed, with all it started
  std::size_t output_bytes_max = std::size_t{1} << 20U;
};

struct ProgramRun {
  std::string output;  // standard output; standard error is thrown away
  int exit_code = 0;   // of the command; above 128: killed by a signal, as shells say it
  bool timed_out = false;
  bool too_long = false;  // more output than allowed; it was killed
};

// Returns the program in an answer: its last block of code (fenced_block.h), or all of it.
[[nodiscard]] std::string_view program_in(std::string_view answer);

// Errors: unavailable, with the system's reason, when the command cannot be started. Blocks until
// it has ended. Threads: any.
[[nodiscard]] Result<ProgramRun> run_program(const SandboxOptions& sandbox,
                                             std::string_view program);

// Whether the shell finds the command and may run it, which a program that fails does not tell
// apart from its own failure. Errors: invalid_argument where it does not; as run_program.
[[nodiscard]] Result<void> check_sandbox(const SandboxOptions& sandbox);

// White space at the ends of lines and empty lines at the end do not matter.
[[nodiscard]] bool same_output(std::string_view output, std::string_view truth);

}  // namespace ooe::interview
