// Private to this room: HTTP/1.1 messages out of bytes, one step at a time (RFC 9112). Strict: what
// two servers in a row could cut into different requests (request smuggling: sections 6.1, 6.3 and
// 11.2) is refused, and so is all that the RFC allows a recipient to repair. What a line says is in
// lines.h; here is which line comes when, where the body ends, and the limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace ooe::http {

struct Head {
  std::string method;  // of a request
  std::string target;  // of a request, origin form
  int status = 0;      // of a response
  Headers headers;
};

enum class ParseErrorKind { malformed, head_too_long, body_too_long };
struct ParseError {
  ParseErrorKind kind = ParseErrorKind::malformed;
  std::string message;  // never holds a part of what was sent
};

enum class MessageKind { request, response };

// However the bytes are cut, it reads the same message or gives the same error.
class Parser {
 public:
  // One parser reads one message. `head_bytes_max` bounds the head, each line before a chunk, and
  // the trailers, too.
  Parser(MessageKind kind, std::size_t head_bytes_max, std::uint64_t body_bytes_max);

  // The response to a HEAD request has a Content-Length and no body.
  void expect_no_body() { no_body_expected_ = true; }

  // Returns how many of `bytes` it has used, and has set body() to the part of the body among them.
  // Zero means that more bytes are needed, or that error() says why there is no point. The step
  // that completes the head uses nothing of the body.
  // Requires: neither done() nor error(), and what was not used comes again in front.
  std::size_t step(std::string_view bytes);

  [[nodiscard]] bool head_done() const { return head_done_; }
  [[nodiscard]] bool done() const { return state_ == State::done; }
  [[nodiscard]] const std::optional<ParseError>& error() const { return error_; }
  [[nodiscard]] Head& head() { return head_; }
  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] std::string_view body() const { return body_; }
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool http_1_1() const { return http_1_1_; }
  // Of a response: it is whole when the connection closes, and not before.
  [[nodiscard]] bool ends_with_connection() const { return ends_with_connection_; }

 private:
  enum class State {
    start_line,
    fields,
    body,         // as long as content-length says
    until_close,  // as long as the connection lives
    chunk_line,   // the size
    chunk,        // as long as its size says
    chunk_end,    // the CRLF behind it
    trailers,
    done,
  };

  // These take what they use off the front of `rest`.
  void read_head(std::string_view& rest);
  void read_body(std::string_view& rest);
  void read_chunks(std::string_view& rest);
  [[nodiscard]] bool take_line(std::string_view& rest, std::string_view& line);
  void take_body(std::string_view& rest);
  void take_chunk_line(std::string_view& rest);
  void take_chunk_end(std::string_view& rest);
  void take_trailers(std::string_view& rest);

  void on_start_line(std::string_view line);
  void on_version(std::string_view version);
  void on_field(std::string_view line);
  void on_framing_field(std::string_view name, std::string_view value);
  void on_content_length(std::string_view value);
  void on_transfer_encoding(std::string_view value);
  void on_connection(std::string_view value);
  void on_head_end();
  void expect_length(State state, std::uint64_t length);
  void refuse(ParseErrorKind kind, std::string_view message);

  MessageKind kind_;
  State state_ = State::start_line;
  bool no_body_expected_ = false;
  bool http_1_1_ = true;
  bool head_done_ = false;
  bool ends_with_connection_ = false;
  std::size_t head_bytes_max_;
  std::size_t line_bytes_left_;    // that the head, one chunk's line or the trailers may still have
  std::size_t line_scanned_ = 0;   // of a line whose end has not come: no control character in it
  std::uint64_t body_bytes_left_;  // that the body may still have
  std::uint64_t length_left_ = 0;  // of the body or the chunk
  std::string_view body_;
  std::optional<ParseError> error_;

  Head head_;
  // What the head says about where the message ends, whom it is for, and what comes after it.
  std::optional<std::uint64_t> content_length_;
  bool chunked_ = false;
  std::size_t hosts_ = 0;
  bool close_ = false;
  bool keep_alive_ = false;
};

class RequestParser final : public Parser {
 public:
  RequestParser(std::size_t head_bytes_max, std::uint64_t body_bytes_max)
      : Parser(MessageKind::request, head_bytes_max, body_bytes_max) {}
};

class ResponseParser final : public Parser {
 public:
  ResponseParser(std::size_t head_bytes_max, std::uint64_t body_bytes_max)
      : Parser(MessageKind::response, head_bytes_max, body_bytes_max) {}
};

}  // namespace ooe::http
