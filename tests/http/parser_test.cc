// The parser without a socket: however a message is cut, it is the same message, or the same
// refusal.
#include "http/parser.h"

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::http {
namespace {

constexpr std::size_t kHeadBytesMax = 200;
constexpr std::uint64_t kBodyBytesMax = 40;

struct Reading {
  std::string error = {};
  ParseErrorKind kind = ParseErrorKind::malformed;
  bool done = false;
  std::string start = {};  // method and target, or status
  std::string headers = {};
  std::string body = {};
  std::string rest = {};  // behind the message
  bool keep_alive = false;
  bool ends_with_connection = false;

  bool operator==(const Reading&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Reading& r) {
    return out << "error '" << r.error << "' done " << r.done << " start '" << r.start
               << "' headers '" << r.headers << "' body '" << r.body << "' rest '" << r.rest << "'";
  }
};

// Steps through what has come, and keeps what is not used for the next time.
void step_through(Parser& parser, std::string& unread, std::string& body) {
  while (!parser.done() && !parser.error()) {
    const std::size_t used = parser.step(unread);
    if (parser.error() || used == 0) return;
    body.append(parser.body());
    unread.erase(0, used);
  }
}

Reading read(MessageKind kind, const std::vector<std::string_view>& pieces) {
  Parser parser(kind, kHeadBytesMax, kBodyBytesMax);
  Reading reading;
  for (const std::string_view piece : pieces) {
    reading.rest.append(piece);
    step_through(parser, reading.rest, reading.body);
  }
  if (parser.error()) return {.error = parser.error()->message, .kind = parser.error()->kind};
  // The line end of a head that is not whole, say, may be used or not.
  if (!parser.done()) reading.rest.clear();
  if (!parser.head_done()) return {};
  reading.done = parser.done();
  const Head& head = parser.head();
  reading.start =
      kind == MessageKind::request ? head.method + " " + head.target : std::to_string(head.status);
  for (const Header& header : head.headers) {
    reading.headers += header.name + ":" + header.value + "\n";
  }
  reading.keep_alive = parser.keep_alive();
  reading.ends_with_connection = parser.ends_with_connection();
  return reading;
}

Reading read(MessageKind kind, std::string_view text) {
  return read(kind, std::vector<std::string_view>{text});
}

void expect_the_same_wherever_it_is_cut(MessageKind kind, std::string_view text) {
  const Reading whole = read(kind, text);
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  ASSERT_EQ(read(kind, bytes), whole) << "byte by byte: " << text;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    ASSERT_EQ(read(kind, {text.substr(0, cut), text.substr(cut)}), whole) << cut << ": " << text;
  }
}

const std::vector<std::string>& requests() {
  static const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
  static const std::string post = "POST /a HTTP/1.1\r\nHost: x\r\n";
  static const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  static const std::vector<std::string> texts{
      get + "\r\n",
      "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nrest",
      post + "Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n",
      chunked + "3;a=\"b\"\r\nabc\r\n002\r\nde\r\n0;c\r\nT: u\r\n\r\nrest",
      chunked + "3\r\nabc\r\n0\r\nContent-Length: 4\r\n\r\n",
      chunked + "3\r\nabcd\r\n0\r\n\r\n",
      post + "Content-Length: 41\r\n\r\n" + std::string(41, 'x'),
      get + "Long: " + std::string(300, 'y') + "\r\n\r\n",
      get + "Folded: a\r\n b\r\n\r\n",
      get + "A: b\rC: d\r\n\r\n",
      "GET / HTTP/1.1\nHost: x\n\n",
  };
  return texts;
}

const std::vector<std::string>& responses() {
  static const std::vector<std::string> texts{
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\n\r\nuntil the connection ends",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n" + std::string(60, 'x'),
      "HTTP/1.1 204 No Content\r\n\r\nrest",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
  };
  return texts;
}

TEST(Parser, ReadsTheSameWhereverTheBytesAreCut) {
  for (const std::string& text : requests()) {
    expect_the_same_wherever_it_is_cut(MessageKind::request, text);
  }
  for (const std::string& text : responses()) {
    expect_the_same_wherever_it_is_cut(MessageKind::response, text);
  }
}

// A message with a few of its bytes lost, doubled or replaced by ones that matter to the grammar.
std::string damaged(std::string text, Rng& rng) {
  constexpr std::string_view kBytes("\r\n \t:;,=\"\\0aHT/\x80\x7f\x01", 18);
  for (std::uint64_t i = rng.below(4); i > 0; --i) {
    const std::size_t at = rng.below(text.size());
    switch (rng.below(4)) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text[at] = kBytes[rng.below(kBytes.size())];
        break;
      case 2:
        text.insert(at, 1, kBytes[rng.below(kBytes.size())]);
        break;
      default:
        text.insert(at, text.substr(rng.below(text.size()), rng.below(30)));
        break;
    }
  }
  return text;
}

TEST(Parser, ReadsDamagedMessagesTheSameWhereverTheyAreCut) {
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    expect_the_same_wherever_it_is_cut(MessageKind::request,
                                       damaged(requests()[rng.below(requests().size())], rng));
    expect_the_same_wherever_it_is_cut(MessageKind::response,
                                       damaged(responses()[rng.below(responses().size())], rng));
    if (HasFatalFailure()) return;
  }
}

TEST(Parser, FindsTheEndOfAResponse) {
  struct Case {
    std::string_view what;
    std::string text;
    bool done, keep_alive, ends_with_connection;
    std::string_view body;
  };
  for (const Case& c : std::vector<Case>{
           {"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", true, true, false, "hi"},
           {"close", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", true,
            false, false, ""},
           {"old", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true, false, false, ""},
           {"old, kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
            true, true, false, ""},
           {"old, of two minds",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 0\r\n\r\n", true,
            false, false, ""},
           {"until close", "HTTP/1.1 200 OK\r\n\r\nhi", false, false, true, "hi"},
           {"204 with a length", "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n", true, true, false,
            ""},
           {"304 in chunks", "HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n", true, true,
            false, ""},
           {"100", "HTTP/1.1 100 Continue\r\n\r\n", true, true, false, ""}}) {
    SCOPED_TRACE(c.what);
    const Reading reading = read(MessageKind::response, c.text);
    EXPECT_EQ(reading.error, "");
    EXPECT_EQ(reading.done, c.done);
    EXPECT_EQ(reading.keep_alive, c.keep_alive);
    EXPECT_EQ(reading.ends_with_connection, c.ends_with_connection);
    EXPECT_EQ(reading.body, c.body);
  }
}

TEST(Parser, SaysThatABodyEndsWithItsConnectionOnlyWhereNothingElseEndsIt) {
  struct Case {
    std::string_view text;
    bool ends_with_connection;
  };
  for (const Case& c :
       {Case{"HTTP/1.1 200 OK\r\n\r\nhel", true}, Case{"HTTP/1.1 200 OK\r\n", false},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", false},
        Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false}}) {
    ResponseParser parser(kHeadBytesMax, kBodyBytesMax);
    std::string unread(c.text);
    std::string body;
    step_through(parser, unread, body);
    EXPECT_FALSE(parser.done());
    EXPECT_EQ(parser.ends_with_connection(), c.ends_with_connection) << c.text;
  }
}

TEST(Parser, LeavesOutTheBodyThatAnAnswerToHeadDoesNotHave) {
  ResponseParser parser(kHeadBytesMax, kBodyBytesMax);
  parser.expect_no_body();
  const std::string_view text = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
  EXPECT_EQ(parser.step(text), text.size());
  EXPECT_TRUE(parser.done());
}

TEST(Parser, RefusesWhatTwoServersCouldReadDifferently) {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  struct Case {
    MessageKind kind;
    std::string text;
    std::string_view error;
  };
  constexpr auto kRequest = MessageKind::request;
  constexpr auto kResponse = MessageKind::response;
  for (const Case& c : std::vector<Case>{
           {kRequest, post + "A: b\r\n c\r\n\r\n", "a header must read"},
           {kRequest, post + "A : b\r\n\r\n", "a header must read"},
           {kRequest, post + "A: b\n\r\n", "a line has a control character"},
           {kRequest, post + "A: b\rC: d\r\n\r\n", "a line has a control character"},
           {kRequest, post + "A: b\x7f\r\n\r\n", "a line has a control character"},
           {kRequest, post + "Host: y\r\n\r\n", "exactly one host"},
           {kRequest, "GET / HTTP/1.1\r\n\r\n", "exactly one host"},
           {kRequest, "GET / HTTP/1.2\r\nHost: x\r\n\r\n", "the version"},
           {kRequest, "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", "the version"},
           {kRequest, "GET x HTTP/1.1\r\nHost: x\r\n\r\n", "target must start with '/'"},
           {kRequest, post + "Connection: \"x\"\r\n\r\n", "list of tokens"},
           {kResponse, ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "more than once"},
           {kResponse, ok + "Content-Length: 1, 1\r\n\r\n", "one decimal number"},
           {kResponse, ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "exclude"},
           {kResponse, ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "'chunked', once"},
           {kResponse, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "'chunked', once"},
           {kResponse, ok + "A: b\r\n\tc\r\n\r\n", "a header must read"},
           {kResponse, "ICY 200 OK\r\n\r\n", "a response must begin"},
           {kResponse, ok + "Transfer-Encoding: chunked\r\n\r\n1 \r\n", "a chunk must begin"},
           {kResponse, ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nTransfer-Encoding: x\r\n\r\n",
            "'chunked', once"}}) {
    const Reading reading = read(c.kind, c.text);
    EXPECT_NE(reading.error.find(c.error), std::string::npos) << c.text << reading;
    EXPECT_EQ(reading.kind, ParseErrorKind::malformed);
  }
}

TEST(Parser, CountsTheBytesOfAHeadOverAllSteps) {
  std::string fits = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
  fits.resize(kHeadBytesMax - 4, 'y');
  EXPECT_TRUE(read(MessageKind::request, fits + "\r\n\r\n").done);
  for (const std::string& text : {fits + "y\r\n\r\n", fits + "yyyyy"}) {
    const Reading reading = read(MessageKind::request, text);
    EXPECT_EQ(reading.kind, ParseErrorKind::head_too_long);
    EXPECT_EQ(reading.error, "the head is too long");
  }
}

TEST(Parser, BoundsBodiesChunkLinesAndTrailers) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "14\r\n" + std::string(20, 'x') + "\r\n";
  EXPECT_TRUE(read(MessageKind::request, chunked + chunk + chunk + "0\r\n\r\n").done);
  EXPECT_EQ(read(MessageKind::request, chunked + chunk + chunk + "1\r\n").kind,
            ParseErrorKind::body_too_long);
  EXPECT_EQ(read(MessageKind::response, "HTTP/1.1 200 OK\r\n\r\n" + std::string(41, 'x')).kind,
            ParseErrorKind::body_too_long);
  std::string trailers = chunked + "0\r\n";
  while (trailers.size() < 2 * kHeadBytesMax) trailers += "A: b\r\n";
  EXPECT_EQ(read(MessageKind::request, trailers).error, "a chunk header or trailer is too long");
  EXPECT_EQ(read(MessageKind::request, chunked + "1;" + std::string(kHeadBytesMax, 'x')).error,
            "a chunk header or trailer is too long");
}

TEST(Parser, LeavesTrailersOutOfTheHeaders) {
  const Reading reading = read(MessageKind::request,
                               "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "0\r\nAuthorization: y\r\nHost: z\r\n\r\n");
  EXPECT_TRUE(reading.done);
  EXPECT_EQ(reading.headers, "Host:x\nTransfer-Encoding:chunked\n");
}

}  // namespace
}  // namespace ooe::http
