// A running gateway takes up what has changed on disk: configuration, model, keys. Validated first;
// whatever is wrong leaves everything as it was.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/config.h"
#include "gateway/serving.h"

namespace ooe::cli {

// A configuration with all it names, read and checked.
struct Loaded {
  Config config;
  gateway::Serving serving;
  // Of the bytes of each of files_behind(), by its path, from just before they were read.
  std::map<std::string, std::string> hashes = {};
};
// Errors: those of load_config and make_serving.
[[nodiscard]] Result<Loaded> load_all(const std::string& config_path);

// The files whose change is a reason to load again.
[[nodiscard]] std::vector<std::string> files_behind(const std::string& config_path,
                                                    const Config& config);

// Of names and contents: what files are now, to be compared with what they were. A file that cannot
// be read counts as absent.
[[nodiscard]] std::string fingerprint_of(const std::vector<std::string>& files);

// The keys, or whole tables, in which `next` differs from what the process was started with, and
// which it cannot take up while it runs: "[server] listen", "[admin]".
[[nodiscard]] std::vector<std::string> needs_restart(const Config& started, const Config& next);

// What a person wants to know of a reload: "expert b is new; expert a changed: price.input from 1
// to 2, its API key; [server] fallbacks_max from 2 to not set; key x is revoked". Every key of the
// file that changed is named, with both values, and what changed in the files behind it is named;
// never what is in those. `last` was in force before `next`; `started` is what the process was
// started with; `more`: what the caller knows to have changed besides.
[[nodiscard]] std::string describe_changes(const Config& started, const Loaded& last,
                                           const Loaded& next, std::vector<std::string> more = {});

// Of the clients' keys alone; empty: none.
[[nodiscard]] std::string describe_key_changes(const Loaded& last, const Loaded& next);

// Notices that files have changed, by looking when asked to. A change counts once it has stood
// still between two looks: who writes a file in pieces is not read half-way.
class FileWatch {
 public:
  explicit FileWatch(std::vector<std::string> paths);

  // Asks once; what it has reported it does not report again.
  [[nodiscard]] bool changed();
  // Looks at these from now on. If they are others than before, it reports once: it cannot know
  // what became of them since somebody read them.
  void follow(std::vector<std::string> paths);

 private:
  [[nodiscard]] std::string look() const;

  std::vector<std::string> paths_;
  std::string seen_;      // at the last look
  std::string reported_;  // when it was last said
};

}  // namespace ooe::cli
