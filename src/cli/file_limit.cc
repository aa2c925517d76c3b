#include "cli/file_limit.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/resource.h>

#include "http/server.h"

namespace ooe::cli {
namespace {

// Standard streams, the database twice, its log, the spool, listening sockets: about twenty, counted
// in /proc/PID/fd. Besides, connections of the administrator's and files that a reload reads.
constexpr std::uint64_t kOwn = 36;
constexpr std::uint64_t kPerWorker = 2;
constexpr std::uint64_t kPerConnection = 2;

// Of clients' connections, of those to experts that answer them, and of clients that are turned away.
std::uint64_t files_of(std::uint64_t connections) {
  return kPerConnection * connections + std::min<std::uint64_t>(connections, http::kTurnedAwayMax);
}

// The most connections with no more than so many files.
std::uint64_t connections_within(std::uint64_t files) {
  const std::uint64_t few = files / (kPerConnection + 1);
  return few <= http::kTurnedAwayMax ? few : (files - http::kTurnedAwayMax) / kPerConnection;
}

}  // namespace

std::uint64_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return RLIM_INFINITY;  // nothing is known: no word
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

Result<ConnectionsThatFit> check_file_limit(std::uint64_t limit, std::size_t workers,
                                            std::size_t connections_max) {
  const std::uint64_t own = kOwn + kPerWorker * workers;
  const std::uint64_t least = own + files_of(1);  // with less nobody is served
  const std::uint64_t needed = own + files_of(connections_max);
  if (limit >= needed) return ConnectionsThatFit{.connections = connections_max};
  if (limit < least) {
    return fail(ErrorCode::resource_exhausted,
                "this process may have {} open files, and a gateway with {} workers needs at least "
                "{}; raise the limit (`ulimit -n {}`, or LimitNOFILE= of its systemd unit)",
                limit, workers, least, needed);
  }
  const std::uint64_t fits = connections_within(limit - own);
  return ConnectionsThatFit{
      .connections = fits,
      .warning = fmt::format(
          "this process may have {} open files, enough for {} connections at a time, not for "
          "connections_max = {}: more are refused; raise the limit (`ulimit -n {}`, or "
          "LimitNOFILE= of its systemd unit) or lower [server] connections_max",
          limit, fits, connections_max, needed)};
}

}  // namespace ooe::cli
