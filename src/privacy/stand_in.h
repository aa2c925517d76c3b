// What stands for a value: a variable, a template, a mask, a call. Private to this room.
#pragma once

#include <string_view>

namespace ooe::privacy {

// Of a whole string: ${NAME} anywhere in it, $NAME, $(command), <words>, <%= code %>, [words],
// {template}, %(format)s, a mask that is most of it. Whatever only begins like one is a value.
[[nodiscard]] bool is_stand_in(std::string_view string);

// Where no password is expected, more stands for a value: <Any Words, of what/ever kind>, several
// of them, $user1.email, "%s, %d".
[[nodiscard]] bool is_placeholder(std::string_view string);

// $apiKey, $api_key: a variable's name, where a word with one sign before it may be a password.
[[nodiscard]] bool is_compound_variable(std::string_view string);

// What a password has to be like, as programs are told: a regular expression.
[[nodiscard]] bool is_pattern(std::string_view text);
// And as people are: two words or more, no digit in one of them, and one of them a rule's. A
// passphrase is words too.
[[nodiscard]] bool is_rule(std::string_view text);

// process.env.SECRET_2, settings.jwt_key: as code names what is elsewhere, from where it usually
// is.
[[nodiscard]] bool is_member_path(std::string_view text);

// /home/ann1/x, ./x/y, C:\Users\ann1: the value of a `pwd` that is no password.
[[nodiscard]] bool is_file_path(std::string_view text);

// $name, $this->name, $ENV{name}: nothing in it but what is in names and paths to them.
[[nodiscard]] bool is_variable(std::string_view text);

// name(...), of a text that begins with it and may be cut, or go on behind it as code does.
[[nodiscard]] bool is_call(std::string_view text);

}  // namespace ooe::privacy
