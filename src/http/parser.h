// Private to this room: HTTP/1.1 messages out of bytes, one step at a time. Beast reads the
// grammar; on top come the limits and the refusals that keep two servers in a row from cutting the
// same bytes into different requests (request smuggling: RFC 9112, sections 6.1, 6.3 and 11.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

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
  std::string message;
};

template <bool is_request>
class Parser final : boost::beast::http::basic_parser<is_request> {
  using Base = boost::beast::http::basic_parser<is_request>;

 public:
  // One parser reads one message.
  Parser(std::size_t head_bytes_max, std::uint64_t body_bytes_max);

  // The response to a HEAD request has a Content-Length and no body.
  void expect_no_body() { Base::skip(true); }

  // Returns how many of `bytes` it has used, and has set body() to the part of the body among them.
  // Zero means that more bytes are needed, or that error() says why there is no point.
  // Requires: neither done() nor error(), and what was not used comes again in front.
  std::size_t step(std::string_view bytes);
  // The stream has ended: may complete a response, which may last until the connection closes.
  void end_of_stream();

  [[nodiscard]] bool head_done() const { return head_done_; }
  [[nodiscard]] bool done() const { return Base::is_done(); }
  [[nodiscard]] const std::optional<ParseError>& error() const { return error_; }
  [[nodiscard]] Head& head() { return head_; }
  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] std::string_view body() const { return body_; }
  [[nodiscard]] bool keep_alive() const { return Base::keep_alive(); }
  [[nodiscard]] bool http_1_1() const { return http_1_1_; }
  [[nodiscard]] bool ends_with_connection() const { return Base::need_eof(); }

 private:
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb verb, Text method, Text target, int version,
                       Code& code) override;
  void on_response_impl(int status, Text reason, int version, Code& code) override;
  void on_field_impl(Field field, Text name, Text value, Code& code) override;
  void on_header_impl(Code& code) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code& code) override;
  std::size_t on_body_impl(Text bytes, Code& code) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Code& code) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text bytes, Code& code) override;
  void on_finish_impl(Code& code) override;

  void check_head();
  void fail_with(const Code& code);
  void refuse(ParseErrorKind kind, std::string message);

  std::size_t head_bytes_max_;
  std::size_t head_bytes_ = 0;  // used so far
  bool http_1_1_ = true;
  bool head_done_ = false;
  Head head_;
  // How often the head has these, which say where a message ends and whom it is for.
  std::size_t transfer_encodings_ = 0;
  std::size_t content_lengths_ = 0;
  std::size_t hosts_ = 0;
  std::string_view body_;
  std::optional<ParseError> error_;
};

extern template class Parser<true>;
extern template class Parser<false>;
using RequestParser = Parser<true>;
using ResponseParser = Parser<false>;

}  // namespace ooe::http
