// How much of a parser of JSON is kept between documents. A parser that is used again and again
// keeps buffers of some fourteen times the largest document it has ever read: one large request
// would cost a worker a hundred megabytes for good.
#pragma once

#include <cstddef>

namespace ooe::experts {

// After a larger document the parser is given back.
inline constexpr std::size_t kKeptDocumentBytes = std::size_t{256} << 10U;

}  // namespace ooe::experts
