#include "base/system_words.h"

#include <system_error>

namespace ooe {

std::string system_words(int error) { return std::generic_category().message(error); }

}  // namespace ooe
