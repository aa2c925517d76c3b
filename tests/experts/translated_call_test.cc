#include "experts/translated_call.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

struct NoCall final : http::Call {
  void cancel() override {}
  void pause() override {}
  void resume() override {}
};

// An expert that says little by little what is held back is no slower than another.
TEST(TranslatedCall, TellsHowMuchItHoldsBack) {
  std::vector<std::size_t> held;
  std::string body;
  ChatHandlers network;
  const auto call =
      translated_call({.on_head = [](const ChatHead&) {},
                       .on_bytes = [&](std::string_view bytes) { body += bytes; },
                       .on_held = [&](std::string_view so_far) { held.push_back(so_far.size()); },
                       .on_end = [] {},
                       .on_fault = {}},
                      [&](ChatHandlers heard) {
                        network = std::move(heard);
                        return std::make_unique<NoCall>();
                      });
  network.on_head({.status = 200, .retry_after = {}, .content_type = "application/json"});
  network.on_bytes(R"({"type":"message","role":"assistant",)");
  network.on_bytes(R"("content":[{"type":"text","text":"4"}]})");
  EXPECT_EQ(held, (std::vector<std::size_t>{37, 76}));
  EXPECT_EQ(body, "");
  network.on_end();
  EXPECT_NE(body.find(R"("content":"4")"), std::string::npos) << body;
}

}  // namespace
}  // namespace ooe::experts
