// Keys that an administrator has revoked while this process runs. They are refused whether or not
// their file could be changed, and whatever a reload reads there. In: hashes of keys, and rings as
// files have them. Out: rings to put in force. Threads: one at a time.
#pragma once

#include <vector>

#include "gateway/api_key.h"

namespace ooe::cli {

class Revocations {
 public:
  void add(const gateway::KeyHash& key);
  // A ring as its file has it, with them revoked. What the file calls revoked too is forgotten
  // here: from then on the file is believed, as it is of any other key.
  [[nodiscard]] gateway::KeyRing apply_to(const gateway::KeyRing& ring);

 private:
  std::vector<gateway::KeyHash> revoked_;  // and not seen to be so in a file
};

}  // namespace ooe::cli
