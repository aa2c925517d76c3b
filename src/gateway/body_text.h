// All that a request says, as one text: what the privacy detector sees. Not only the messages:
// tool arguments, tool definitions and members nobody knows go to an expert too.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace simdjson::dom {
class element;
}

namespace ooe::gateway {

// Every name, string and number of a JSON document, strings without their escapes and without
// media: "name": "value", one value a line, so that a name stands beside its value and values do
// not run together. Errors: invalid_argument when it is not JSON. Threads: any; each keeps a
// parser.
[[nodiscard]] Result<std::string> body_text(std::string_view json);

// The same of a document that has been parsed.
void append_body_text(const simdjson::dom::element& document, std::string& text);

// Returns what is text in a string of a request: all of it, but for images, sound and files in
// base64, in which a detector finds secrets by chance. `in_audio`: the string is a member of
// "input_audio", and is sound when it is long.
[[nodiscard]] std::string_view without_media(std::string_view text, bool in_audio);

}  // namespace ooe::gateway
