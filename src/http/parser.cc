#include "http/parser.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "http/wire.h"

namespace ooe::http {

namespace beast = boost::beast;

namespace {

constexpr std::size_t kUsualHeaders = 12;

// "http://host/path" names the same resource as "/path" (RFC 9112, 3.2.2). Returns an empty text
// for a target that is neither.
std::string origin_form(std::string_view method, std::string_view target) {
  if (target.starts_with('/') || (target == "*" && method == "OPTIONS")) return std::string(target);
  const auto scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const auto scheme = target.substr(0, scheme_end);
  if (!equal_names(scheme, "http") && !equal_names(scheme, "https")) return {};
  const auto path = target.find('/', scheme_end + 3);
  return path == std::string_view::npos ? "/" : std::string(target.substr(path));
}

}  // namespace

template <bool is_request>
Parser<is_request>::Parser(std::size_t head_bytes_max, std::uint64_t body_bytes_max)
    : head_bytes_max_(head_bytes_max) {
  head_.headers.reserve(kUsualHeaders);
  // Beast's own limit counts only the bytes of one call; step() counts them all.
  Base::header_limit(static_cast<std::uint32_t>(head_bytes_max));
  Base::body_limit(body_bytes_max);
}

template <bool is_request>
std::size_t Parser<is_request>::step(std::string_view bytes) {
  body_ = {};
  if (bytes.empty()) return 0;
  const bool in_head = !head_done_;
  Code code;
  const std::size_t used = Base::put(boost::asio::const_buffer(bytes.data(), bytes.size()), code);
  if (code && code != beast::http::error::need_more) {
    fail_with(code);
    return 0;
  }
  if (in_head) {
    head_bytes_ += used;
    const std::size_t waiting = head_done_ ? 0 : bytes.size() - used;
    if (head_bytes_ + waiting > head_bytes_max_) {
      refuse(ParseErrorKind::head_too_long, "");
      return 0;
    }
  }
  return used;
}

template <bool is_request>
void Parser<is_request>::end_of_stream() {
  body_ = {};
  Code code;
  Base::put_eof(code);
  if (code) fail_with(code);
}

template <bool is_request>
void Parser<is_request>::on_request_impl(beast::http::verb /*verb*/, Text method, Text target,
                                         int version, Code& code) {
  http_1_1_ = version == 11;
  head_.method = method;
  head_.target = origin_form(method, target);
  if (!head_.target.empty()) return;
  refuse(ParseErrorKind::malformed, "the request target must start with '/'");
  code = beast::http::error::bad_target;
}

template <bool is_request>
void Parser<is_request>::on_response_impl(int status, Text /*reason*/, int version,
                                          Code& /*code*/) {
  http_1_1_ = version == 11;
  head_.status = status;
}

template <bool is_request>
void Parser<is_request>::on_field_impl(Field field, Text name, Text value, Code& /*code*/) {
  if (head_done_) return;  // a trailer must not pass for a header
  if (field == Field::transfer_encoding) ++transfer_encodings_;
  if (field == Field::content_length) ++content_lengths_;
  if (field == Field::host) ++hosts_;
  head_.headers.push_back({std::string(name), std::string(value)});
}

template <bool is_request>
void Parser<is_request>::on_header_impl(Code& code) {
  check_head();
  if (error_) {
    code = beast::http::error::bad_field;
    return;
  }
  head_done_ = true;
}

// What Beast lets pass because some server, somewhere, reads it in some way.
template <bool is_request>
void Parser<is_request>::check_head() {
  if (transfer_encodings_ > 0) {
    if (transfer_encodings_ > 1 || !http_1_1_ ||
        !equal_names(find_header(head_.headers, "transfer-encoding"), "chunked")) {
      refuse(ParseErrorKind::malformed,
             "the only transfer-encoding understood is 'chunked', once, in HTTP/1.1");
    }
  }
  if (!is_request) return;
  if (content_lengths_ > 1 ||
      (content_lengths_ == 1 &&
       find_header(head_.headers, "content-length").find(',') != std::string::npos)) {
    refuse(ParseErrorKind::malformed, "content-length is given more than once");
  }
  if (hosts_ > 1 || (hosts_ == 0 && http_1_1_)) {
    refuse(ParseErrorKind::malformed, "an HTTP/1.1 request has exactly one host header");
  }
}

template <bool is_request>
void Parser<is_request>::on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                                           Code& /*code*/) {}

template <bool is_request>
std::size_t Parser<is_request>::on_body_impl(Text bytes, Code& /*code*/) {
  body_ = bytes;
  return bytes.size();
}

template <bool is_request>
void Parser<is_request>::on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/,
                                              Code& /*code*/) {}

template <bool is_request>
std::size_t Parser<is_request>::on_chunk_body_impl(std::uint64_t /*remain*/, Text bytes,
                                                   Code& /*code*/) {
  body_ = bytes;
  return bytes.size();
}

template <bool is_request>
void Parser<is_request>::on_finish_impl(Code& /*code*/) {}

template <bool is_request>
void Parser<is_request>::fail_with(const Code& code) {
  if (error_) return;  // refused by us, which says it better
  if (code == beast::http::error::header_limit) return refuse(ParseErrorKind::head_too_long, "");
  if (code == beast::http::error::body_limit) return refuse(ParseErrorKind::body_too_long, "");
  refuse(ParseErrorKind::malformed, code.message());
}

template <bool is_request>
void Parser<is_request>::refuse(ParseErrorKind kind, std::string message) {
  if (!error_) error_ = ParseError{kind, std::move(message)};
}

template class Parser<true>;
template class Parser<false>;

}  // namespace ooe::http
