#include "core/receipt.h"

namespace ooe {

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::answered:
      return "answered";
    case Ending::client_gone:
      return "client_gone";
    case Ending::upstream_truncated:
      return "upstream_truncated";
    case Ending::experts_failed:
      return "experts_failed";
    case Ending::refused:
      return "refused";
    case Ending::deadline_exceeded:
      return "deadline_exceeded";
    case Ending::shut_down:
      return "shut_down";
  }
  return "refused";
}

std::optional<Ending> parse_ending(std::string_view word) {
  for (const Ending ending :
       {Ending::answered, Ending::client_gone, Ending::upstream_truncated, Ending::experts_failed,
        Ending::refused, Ending::deadline_exceeded, Ending::shut_down}) {
    if (word == to_string(ending)) return ending;
  }
  return std::nullopt;
}

}  // namespace ooe
