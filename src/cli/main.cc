// The program `ooe`; cli/program.cc is what it does.
#include <cerrno>
#include <cstdio>
#include <exception>

#include <fcntl.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/note.h"

namespace {

// Where the standard streams are closed, the first files and sockets would get their numbers, and
// whatever is printed would go there.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF) {
      static_cast<void>(::open("/dev/null", O_RDWR));  // takes the lowest free number
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  try {
    return ooe::cli::run_program(argc, argv);
  } catch (const std::exception& error) {  // a library's, or out of memory
    ooe::cli::note("ooe: unexpected: {}\n", error.what());
    return 1;
  }
}
