// Gives a string's or vector's memory back. Assigning {} only empties it: it keeps what it has.
#pragma once

namespace ooe {

template <class Container>
void free_memory(Container& container) {
  Container().swap(container);
}

}  // namespace ooe
