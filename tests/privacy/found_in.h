// What the detector finds in a text, as a test writes it: "email ann@x.example", in the text's order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "privacy/scan.h"

namespace ooe::privacy {

inline std::vector<std::string> found_in(std::string_view text) {
  std::vector<std::string> found;
  for (const Finding& finding : find_personal_data(text)) {
    found.push_back(std::string(to_string(finding.type)) + " " +
                    std::string(text.substr(finding.begin, finding.end - finding.begin)));
  }
  return found;
}

}  // namespace ooe::privacy
