// The smallest chat that can be asked, for tests of what else a request may hold.
#pragma once

#include <string>

namespace ooe::gateway {

inline const std::string kMessages = R"("messages":[{"role":"user","content":"hi"}])";

// `members` are further members of the object, without a comma around them.
inline std::string with(const std::string& members) {
  return R"({"model":"auto",)" + kMessages + (members.empty() ? "" : ",") + members + "}";
}

}  // namespace ooe::gateway
