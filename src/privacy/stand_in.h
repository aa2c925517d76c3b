// What stands for a value: a variable, a template, a mask, a call. Private to this room.
#pragma once

#include <string_view>

namespace ooe::privacy {

// Of a whole string: ${NAME} anywhere in it, $NAME, $(command), <words>, <%= code %>, [words],
// {template}, %(format)s, a mask that is most of it. Whatever only begins like one is a value.
[[nodiscard]] bool is_stand_in(std::string_view string);

// What a password has to be like, as programs are told: a regular expression.
[[nodiscard]] bool is_pattern(std::string_view text);
// And as people are: three words or more, and no digit in one of them.
[[nodiscard]] bool is_sentence(std::string_view text);

// $name, $this->name, $ENV{name}: nothing in it but what is in names and paths to them.
[[nodiscard]] bool is_variable(std::string_view text);

// name(...), of a text that begins with it and may be cut, or go on behind it as code does.
[[nodiscard]] bool is_call(std::string_view text);

}  // namespace ooe::privacy
