// What can be said of files of certificates before anybody shakes hands with them. In: paths. Out:
// what is wrong with the files. Knows: base.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace ooe::http {

// Whether `path` can be a client's ca_file. Errors: invalid_argument, when it cannot be read or has
// no certificate in PEM.
[[nodiscard]] Result<void> check_ca_file(const std::string& path);

// Returns when the first certificate in `path` ends to be good, in whole seconds. Errors: as above.
[[nodiscard]] Result<WallTime> certificate_expires(const std::string& path);

}  // namespace ooe::http
