// The program `ooe`; cli/program.cc is what it does.
#include <cstdio>
#include <exception>

#include "cli/command.h"

int main(int argc, char** argv) {
  try {
    return ooe::cli::run_program(argc, argv);
  } catch (const std::exception& error) {  // a library's, or out of memory
    fmt::print(stderr, "ooe: unexpected: {}\n", error.what());
    return 1;
  }
}
