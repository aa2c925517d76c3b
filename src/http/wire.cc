#include "http/wire.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "http/date.h"

namespace ooe::http {

namespace {

constexpr std::size_t kHeadBytes = 512;  // most heads are shorter
constexpr std::string_view kLineEnd = "\r\n";

bool can_travel(const Header& header) {
  return is_token(header.name) && find_control(header.value) == header.value.size();
}

// Headers about one connection (RFC 9110, 7.6.1), not about the message; the room writes its own.
// Most others are told from them by their length.
bool is_of_connection(std::string_view name) {
  switch (name.size()) {
    case 7:
      return equal_names(name, "trailer") || equal_names(name, "upgrade");
    case 10:
      return equal_names(name, "connection") || equal_names(name, "keep-alive");
    case 14:
      return equal_names(name, "content-length");
    case 16:
      return equal_names(name, "proxy-connection");
    case 17:
      return equal_names(name, "transfer-encoding");
    default:
      return false;
  }
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append(kLineEnd);
}

std::string_view reason(int status) {
  struct Reason {
    int status;
    std::string_view text;
  };
  constexpr std::array<Reason, 24> kReasons{{{200, "OK"},
                                             {201, "Created"},
                                             {202, "Accepted"},
                                             {204, "No Content"},
                                             {301, "Moved Permanently"},
                                             {302, "Found"},
                                             {304, "Not Modified"},
                                             {307, "Temporary Redirect"},
                                             {400, "Bad Request"},
                                             {401, "Unauthorized"},
                                             {402, "Payment Required"},
                                             {403, "Forbidden"},
                                             {404, "Not Found"},
                                             {405, "Method Not Allowed"},
                                             {408, "Request Timeout"},
                                             {413, "Content Too Large"},
                                             {417, "Expectation Failed"},
                                             {422, "Unprocessable Content"},
                                             {429, "Too Many Requests"},
                                             {431, "Request Header Fields Too Large"},
                                             {500, "Internal Server Error"},
                                             {501, "Not Implemented"},
                                             {502, "Bad Gateway"},
                                             {503, "Service Unavailable"}}};
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? std::string_view() : found->text;
}

std::string authority(const Url& url) {
  const std::string host =
      url.host.find(':') == std::string::npos ? url.host : fmt::format("[{}]", url.host);
  const std::string_view usual = url.tls ? "443" : "80";
  return url.port == usual ? host : fmt::format("{}:{}", host, url.port);
}

// Errors: as request_head(), for a header.
Result<void> append_headers(std::string& out, const Headers& headers) {
  for (const Header& header : headers) {
    if (is_of_connection(header.name)) continue;
    if (!can_travel(header)) {
      return fail(ErrorCode::invalid_argument,
                  "request header '{}' has a control character in its name or value", header.name);
    }
    append_header(out, header.name, header.value);
  }
  return {};
}

}  // namespace

bool has_no_body(int status) { return status / 100 == 1 || status == 204 || status == 304; }

void append_response_head(std::string& out, int status, const Headers& headers, Framing framing,
                          std::size_t content_length, bool keep_alive) {
  out.reserve(out.size() + kHeadBytes + (framing == Framing::length ? content_length : 0));
  out.append("HTTP/1.1 ").append(fmt::format_int(status).c_str()).append(1, ' ');
  out.append(reason(status)).append(kLineEnd);
  for (const Header& header : headers) {
    if (is_of_connection(header.name) || !can_travel(header)) continue;
    append_header(out, header.name, header.value);
  }
  append_header(out, "date", date_now());
  if (framing == Framing::length) {
    append_header(out, "content-length", fmt::format_int(content_length).c_str());
  } else if (framing == Framing::chunked) {
    append_header(out, "transfer-encoding", "chunked");
  }
  if (!keep_alive) append_header(out, "connection", "close");
  out.append(kLineEnd);
}

void append_chunk(std::string& out, std::string_view bytes) {
  if (bytes.empty()) return;  // an empty chunk would end the body
  std::array<char, 16> size;  // the digits of 64 bits
  out.reserve(out.size() + size.size() + bytes.size() + 2 * kLineEnd.size());
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  out.append(size.data(), end).append(kLineEnd).append(bytes).append(kLineEnd);
}

void append_last_chunk(std::string& out, const Headers& trailers) {
  out.append("0\r\n");
  for (const Header& trailer : trailers) {
    if (!is_of_connection(trailer.name) && can_travel(trailer)) {
      append_header(out, trailer.name, trailer.value);
    }
  }
  out.append(kLineEnd);
}

Result<std::string> prepare_head(const ClientRequest& request) {
  // Both arms a view: a literal beside a string would make a temporary string to point into.
  const std::string_view target =
      request.url.path.empty() ? std::string_view("/") : std::string_view(request.url.path);
  if (!is_token(request.method)) {
    return fail(ErrorCode::invalid_argument, "request method '{}' is not a token", request.method);
  }
  if (!target.starts_with('/') ||
      !std::ranges::all_of(target, [](char c) { return c > ' ' && c != 0x7f; })) {
    return fail(ErrorCode::invalid_argument,
                "request target '{}' must start with '/' and be printable ASCII; percent-encode it",
                target);
  }
  std::string out = fmt::format("{} {} HTTP/1.1\r\n", request.method, target);
  if (find_header(request.headers, "host").empty()) {
    append_header(out, "host", authority(request.url));
  }
  if (auto ok = append_headers(out, request.headers); !ok) return fail(ok.error());
  return out;
}

Result<std::string> request_head(const ClientRequest& request) {
  std::string out;
  if (request.prepared) {
    out.reserve(request.prepared->size() + kHeadBytes);
    out = *request.prepared;
    if (auto ok = append_headers(out, request.headers); !ok) return fail(ok.error());
  } else {
    auto prepared = prepare_head(request);
    if (!prepared) return prepared;
    out = std::move(*prepared);
  }
  const bool usually_has_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (usually_has_body || !request.body.empty()) {
    append_header(out, "content-length", fmt::format_int(request.body.size()).c_str());
  }
  out.append(kLineEnd);
  return out;
}

}  // namespace ooe::http
