#include "http/parser.h"

#include "http/lines.h"
#include "http/token.h"
#include "http/wire.h"

namespace ooe::http {

namespace {

constexpr std::size_t kUsualHeaders = 12;
constexpr std::string_view kBodyTooLong = "the body is too long";

// "http://host/path" names the same resource as "/path" (RFC 9112, 3.2.2). Returns an empty text
// for a target that is neither.
std::string_view origin_form(std::string_view method, std::string_view target) {
  if (target.starts_with('/') || (target == "*" && method == "OPTIONS")) return target;
  const auto scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const auto scheme = target.substr(0, scheme_end);
  if (!equal_names(scheme, "http") && !equal_names(scheme, "https")) return {};
  const auto path = target.find('/', scheme_end + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

Parser::Parser(MessageKind kind, std::size_t head_bytes_max, std::uint64_t body_bytes_max)
    : kind_(kind),
      head_bytes_max_(head_bytes_max),
      line_bytes_left_(head_bytes_max),
      body_bytes_left_(body_bytes_max) {
  head_.headers.reserve(kUsualHeaders);
}

std::size_t Parser::step(std::string_view bytes) {
  body_ = {};
  std::string_view rest = bytes;
  if (head_done_) {
    read_body(rest);
  } else {
    read_head(rest);
  }
  return error_ ? 0 : bytes.size() - rest.size();
}

bool Parser::keep_alive() const {
  return !close_ && !ends_with_connection_ && (http_1_1_ || keep_alive_);
}

void Parser::read_head(std::string_view& rest) {
  std::string_view line;
  while (!head_done_ && !error_) {
    if (!take_line(rest, line)) return;
    if (state_ == State::start_line) {
      on_start_line(line);
    } else if (!line.empty()) {
      on_field(line);
    } else {
      on_head_end();
    }
  }
}

void Parser::read_body(std::string_view& rest) {
  if (state_ == State::until_close && rest.size() > length_left_) {
    return refuse(ParseErrorKind::body_too_long, kBodyTooLong);
  }
  if (state_ == State::until_close || state_ == State::body) return take_body(rest);
  read_chunks(rest);
}

// Each state leads to one of those below it, until a piece of body is found or the bytes end.
void Parser::read_chunks(std::string_view& rest) {
  if (state_ == State::chunk_end) take_chunk_end(rest);
  if (state_ == State::chunk_line) take_chunk_line(rest);
  if (state_ == State::chunk) take_body(rest);
  if (state_ == State::trailers) take_trailers(rest);
}

// Sets `line` to the next line, without its CRLF. Returns false when its end has not come, or when
// it is refused. What lies beyond the limit is not looked at, lest the error depend on how much has
// come.
bool Parser::take_line(std::string_view& rest, std::string_view& line) {
  const std::string_view allowed = rest.substr(0, line_bytes_left_);
  const std::size_t end = find_control(allowed, line_scanned_);
  if (end + 1 < allowed.size() && allowed[end] == '\r' && allowed[end + 1] == '\n') {
    line = allowed.substr(0, end);
    rest.remove_prefix(end + 2);
    line_bytes_left_ -= end + 2;
    line_scanned_ = 0;
    return true;
  }
  line_scanned_ = end;
  const bool may_end_yet = end == allowed.size() || allowed.substr(end) == "\r";
  if (!may_end_yet) {
    refuse(ParseErrorKind::malformed, "a line has a control character, or ends without CR LF");
  } else if (allowed.size() == line_bytes_left_) {
    refuse(head_done_ ? ParseErrorKind::malformed : ParseErrorKind::head_too_long,
           head_done_ ? "a chunk header or trailer is too long" : "the head is too long");
  }
  return false;
}

void Parser::take_body(std::string_view& rest) {
  body_ = rest.substr(0, length_left_);
  rest.remove_prefix(body_.size());
  length_left_ -= body_.size();
  if (length_left_ > 0 || state_ == State::until_close) return;
  state_ = state_ == State::chunk ? State::chunk_end : State::done;
}

void Parser::take_chunk_end(std::string_view& rest) {
  constexpr std::string_view kEnd = "\r\n";
  if (rest.starts_with(kEnd)) {
    rest.remove_prefix(kEnd.size());
    state_ = State::chunk_line;
  } else if (!kEnd.starts_with(rest)) {
    refuse(ParseErrorKind::malformed, "a chunk is longer than its size says");
  }
}

void Parser::take_chunk_line(std::string_view& rest) {
  std::string_view line;
  if (!take_line(rest, line)) return;
  const auto size = parse_chunk_line(line);
  if (!size) {
    return refuse(ParseErrorKind::malformed, "a chunk must begin with 'size' or 'size;name=value'");
  }
  line_bytes_left_ = head_bytes_max_;
  if (*size == 0) {
    state_ = State::trailers;
  } else {
    expect_length(State::chunk, *size);
  }
}

// Trailers are checked and dropped: none must pass for a header (RFC 9110, 6.5.1).
void Parser::take_trailers(std::string_view& rest) {
  std::string_view line;
  while (!error_ && take_line(rest, line)) {
    if (line.empty()) {
      state_ = State::done;
      return;
    }
    on_field(line);
  }
}

void Parser::on_start_line(std::string_view line) {
  state_ = State::fields;
  if (kind_ == MessageKind::response) {
    const auto status_line = parse_status_line(line);
    if (!status_line) {
      return refuse(ParseErrorKind::malformed, "a response must begin with 'HTTP/1.1 200 reason'");
    }
    head_.status = status_line->status;
    return on_version(status_line->version);
  }
  const auto request_line = parse_request_line(line);
  if (!request_line) {
    return refuse(ParseErrorKind::malformed, "a request must begin with 'METHOD /target HTTP/1.1'");
  }
  head_.method = request_line->method;
  head_.target = origin_form(request_line->method, request_line->target);
  if (head_.target.empty()) {
    return refuse(ParseErrorKind::malformed, "the request target must start with '/'");
  }
  on_version(request_line->version);
}

void Parser::on_version(std::string_view version) {
  http_1_1_ = version == "HTTP/1.1";
  if (!http_1_1_ && version != "HTTP/1.0") {
    refuse(ParseErrorKind::malformed, "the version must be HTTP/1.1 or HTTP/1.0");
  }
}

void Parser::on_field(std::string_view line) {
  const auto field = parse_field_line(line);
  if (!field) {
    return refuse(ParseErrorKind::malformed,
                  "a header must read 'name: value', on one line and without a space before ':'");
  }
  on_framing_field(field->name, field->value);
  if (head_done_) return;
  head_.headers.push_back({std::string(field->name), std::string(field->value)});
}

// Few names have the length of one that matters here.
void Parser::on_framing_field(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (equal_names(name, "host")) ++hosts_;
      break;
    case 10:
      if (equal_names(name, "connection")) on_connection(value);
      break;
    case 14:
      if (equal_names(name, "content-length")) on_content_length(value);
      break;
    case 16:
      if (equal_names(name, "proxy-connection")) on_connection(value);
      break;
    case 17:
      if (equal_names(name, "transfer-encoding")) on_transfer_encoding(value);
      break;
    default:
      break;
  }
}

void Parser::on_content_length(std::string_view value) {
  if (content_length_) {
    return refuse(ParseErrorKind::malformed, "content-length is given more than once");
  }
  if (chunked_) {
    return refuse(ParseErrorKind::malformed,
                  "content-length and transfer-encoding exclude each other");
  }
  content_length_ = parse_content_length(value);
  if (!content_length_) {
    refuse(ParseErrorKind::malformed, "content-length must be one decimal number");
  }
}

void Parser::on_transfer_encoding(std::string_view value) {
  if (content_length_) {
    return refuse(ParseErrorKind::malformed,
                  "content-length and transfer-encoding exclude each other");
  }
  if (chunked_ || !http_1_1_ || !equal_names(value, "chunked")) {
    return refuse(ParseErrorKind::malformed,
                  "the only transfer-encoding understood is 'chunked', once, in HTTP/1.1");
  }
  chunked_ = true;
}

// A list of tokens, in which elements may be empty (RFC 9110, 7.6.1 and 5.6.1.2).
void Parser::on_connection(std::string_view value) {
  for (bool more = true; more;) {
    const std::size_t comma = value.find(',');
    const std::string_view option = without_ows(value.substr(0, comma));
    if (equal_names(option, "close")) close_ = true;
    if (equal_names(option, "keep-alive")) keep_alive_ = true;
    if (!option.empty() && !is_token(option)) {
      return refuse(ParseErrorKind::malformed, "the connection header must be a list of tokens");
    }
    more = comma != std::string_view::npos;
    if (more) value.remove_prefix(comma + 1);
  }
}

// Where the body ends (RFC 9112, 6.3).
void Parser::on_head_end() {
  const bool is_request = kind_ == MessageKind::request;
  if (is_request && hosts_ != 1 && (hosts_ > 1 || http_1_1_)) {
    return refuse(ParseErrorKind::malformed, "an HTTP/1.1 request has exactly one host header");
  }
  const bool has_framing = content_length_ || chunked_;
  if (no_body_expected_ || content_length_ == 0U ||
      (is_request ? !has_framing : has_no_body(head_.status))) {
    state_ = State::done;
  } else if (chunked_) {
    state_ = State::chunk_line;
  } else if (content_length_) {
    expect_length(State::body, *content_length_);
  } else {
    ends_with_connection_ = true;
    expect_length(State::until_close, body_bytes_left_);
  }
  line_bytes_left_ = head_bytes_max_;
  head_done_ = !error_;
}

void Parser::expect_length(State state, std::uint64_t length) {
  if (length > body_bytes_left_) {
    return refuse(ParseErrorKind::body_too_long, kBodyTooLong);
  }
  body_bytes_left_ -= length;
  length_left_ = length;
  state_ = state;
}

void Parser::refuse(ParseErrorKind kind, std::string_view message) {
  error_ = ParseError{kind, std::string(message)};
}

}  // namespace ooe::http
