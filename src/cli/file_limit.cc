#include "cli/file_limit.h"

#include <fmt/format.h>
#include <sys/resource.h>

namespace ooe::cli {
namespace {

// Standard streams, the database twice, its log, the spool, listening sockets, the administrator:
// about twenty, counted in /proc/PID/fd.
constexpr std::uint64_t kOwn = 28;
constexpr std::uint64_t kPerWorker = 2;
constexpr std::uint64_t kPerConnection = 2;
constexpr std::uint64_t kConnectionsMin = 1;  // with less nobody is served

}  // namespace

std::uint64_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return RLIM_INFINITY;  // nothing is known: no word
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

Result<std::string> check_file_limit(std::uint64_t limit, std::size_t workers,
                                     std::size_t connections_max) {
  const std::uint64_t own = kOwn + kPerWorker * workers;
  const std::uint64_t least = own + kPerConnection * kConnectionsMin;
  const std::uint64_t needed = own + kPerConnection * connections_max;
  if (limit >= needed) return std::string();
  if (limit < least) {
    return fail(ErrorCode::resource_exhausted,
                "this process may have {} open files, and a gateway with {} workers needs at least "
                "{}; raise the limit (`ulimit -n {}`, or LimitNOFILE= of its systemd unit)",
                limit, workers, least, needed);
  }
  return fmt::format(
      "this process may have {} open files, enough for about {} connections at a time, not for "
      "connections_max = {}; raise the limit (`ulimit -n {}`, or LimitNOFILE= of its systemd unit) "
      "or lower [server] connections_max",
      limit, (limit - own) / kPerConnection, connections_max, needed);
}

}  // namespace ooe::cli
