#include "cli/fetch.h"

#include <fmt/format.h>

namespace ooe::cli {
namespace {

void take(Fetched& fetched, std::string_view bytes) {
  fetched.body += bytes.substr(0, kFetchedBytesMax - fetched.body.size());
}

// Runs the loop until somebody stops it, or patience does.
void wait(http::Loop& loop, Fetched& fetched, std::chrono::milliseconds patience) {
  http::Timer timer(loop);
  timer.arm(patience, [&] {
    fetched.fault = fmt::format("no whole answer within {} ms", patience.count());
    loop.stop();
  });
  loop.run();
}

}  // namespace

Fetched get(http::Loop& loop, const http::Url& url, http::Headers headers,
            std::chrono::milliseconds patience) {
  Fetched fetched;
  http::Client client(loop);
  const auto call = client.start(
      {.method = "GET", .url = url, .headers = std::move(headers), .connect_timeout = patience},
      {.on_body = [&](std::string_view bytes) { take(fetched, bytes); },
       .on_head =
           [&](int status, const http::Headers& head) {
             fetched.status = status;
             fetched.content_type = http::find_header(head, "content-type");
           },
       .on_end = [&] { loop.stop(); },
       .on_fault =
           [&](http::Fault fault, const std::string& message) {
             fetched.fault = fmt::format("{}: {}", http::to_string(fault), message);
             loop.stop();
           }});
  wait(loop, fetched, patience);
  return fetched;
}

Fetched post_chat(http::Loop& loop, experts::ChatClient& client, const Expert& expert,
                  std::string body, std::chrono::milliseconds patience) {
  Fetched fetched;
  const auto call = client.start(expert, std::move(body), {},
                                 {.on_head =
                                      [&](const experts::ChatHead& head) {
                                        fetched.status = head.status;
                                        fetched.content_type = head.content_type;
                                      },
                                  .on_bytes = [&](std::string_view bytes) { take(fetched, bytes); },
                                  .on_end = [&] { loop.stop(); },
                                  .on_fault =
                                      [&](http::Fault fault, const std::string& message) {
                                        fetched.fault =
                                            fmt::format("{}: {}", http::to_string(fault), message);
                                        loop.stop();
                                      }});
  wait(loop, fetched, patience);
  return fetched;
}

}  // namespace ooe::cli
