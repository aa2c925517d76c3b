#include "gateway/span_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/gateway/scripted_expert.h"
#include "tests/http/harness.h"

namespace ooe::gateway {
namespace {

using http::testing::comes_true;
using http::testing::TestServer;
using Json = nlohmann::json;

FinishedRequest finished() {
  FinishedRequest request;
  request.trace = {{0xAB}};
  request.parent = SpanId{1};
  request.root = SpanId{2};
  request.receipt.model = "auto";
  request.receipt.answered_by = "b";
  request.receipt.received = WallTime(std::chrono::microseconds(5'000'000));
  request.receipt.total = std::chrono::microseconds(1'500);
  request.receipt.ending = Ending::answered;
  request.receipt.attempts = {{.expert = "a", .fault = "http_429", .tokens = {}, .cost = {}},
                              {.expert = "b",
                               .fault = "",
                               .tokens = {.input = 10, .output = 5},
                               .cost = Usd{2'000'000},
                               .duration = std::chrono::microseconds(900)}};
  const WallTime later = request.receipt.received + std::chrono::microseconds(100);
  request.calls = {{SpanId{3}, request.receipt.received, "a-1", "openai"},
                   {SpanId{4}, later, "b-2", "anthropic"}};
  return request;
}

Json value_of(const Json& span, const std::string& name) {
  for (const Json& attribute : span["attributes"]) {
    if (attribute["key"] == name) return attribute["value"];
  }
  return {};
}

TEST(OtlpJson, MakesASpanOfTheRequestAndOneOfEveryCall) {
  const std::vector<FinishedRequest> requests{finished()};
  const Json body = Json::parse(otlp_json(requests));
  const Json& spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 3U);
  const Json& root = spans[0];
  EXPECT_EQ(root["traceId"], "ab000000000000000000000000000000");
  EXPECT_EQ(root["spanId"], "0200000000000000");
  EXPECT_EQ(root["parentSpanId"], "0100000000000000");
  EXPECT_EQ(root["kind"], 2);
  EXPECT_EQ(root["startTimeUnixNano"], "5000000000");
  EXPECT_EQ(root["endTimeUnixNano"], "5001500000");
  EXPECT_EQ(value_of(root, "gen_ai.request.model")["stringValue"], "auto");
  EXPECT_EQ(value_of(root, "gen_ai.response.model")["stringValue"], "b");
  EXPECT_EQ(value_of(root, "gen_ai.usage.output_tokens")["intValue"], "5");
  EXPECT_FALSE(root.contains("status"));
  const Json& failed = spans[1];
  EXPECT_EQ(failed["parentSpanId"], root["spanId"]);
  EXPECT_EQ(failed["kind"], 3);
  EXPECT_EQ(failed["status"]["code"], 2);
  EXPECT_EQ(value_of(failed, "error.type")["stringValue"], "http_429");
  EXPECT_EQ(value_of(failed, "gen_ai.request.model")["stringValue"], "a-1");
  EXPECT_EQ(value_of(failed, "gen_ai.provider.name")["stringValue"], "openai");
  EXPECT_EQ(value_of(spans[2], "gen_ai.request.model")["stringValue"], "b-2");
  EXPECT_EQ(value_of(spans[2], "gen_ai.provider.name")["stringValue"], "anthropic");
  EXPECT_EQ(value_of(spans[2], "ooe.expert")["stringValue"], "b");
  EXPECT_EQ(spans[2]["startTimeUnixNano"], "5000100000");
  EXPECT_EQ(spans[2]["endTimeUnixNano"], "5001000000");
  EXPECT_EQ(value_of(spans[2], "ooe.cost_usd")["doubleValue"], 0.002);
}

TEST(SpanExporter, CountsWhatNobodyTakes) {
  auto exporter = SpanExporter::start(
      {.endpoint = "http://127.0.0.1:1/v1/traces", .interval = std::chrono::milliseconds(5)});
  ASSERT_TRUE(exporter.has_value());
  (*exporter)->offer(finished());
  EXPECT_TRUE(comes_true([&] { return (*exporter)->dropped() == 3; })) << "its own and two calls'";
  EXPECT_FALSE(SpanExporter::start({.endpoint = "nowhere"}).has_value());
}

TEST(SpanExporter, CountsWhatACollectorRejectsOfWhatItTakes) {
  EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"7","errorMessage":"no"}})"), 7);
  EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":7}})"), 7);
  for (const char* none :
       {"", "{}", "[]", "x", R"({"partialSuccess":{}})", R"({"partialSuccess":3})",
        R"({"partialSuccess":{"rejectedSpans":"x"}})", R"({"partialSuccess":{"rejectedSpans":-1}})",
        R"({"partialSuccess":{"rejectedSpans":"12x"}})"}) {
    EXPECT_EQ(rejected_spans(none), 0) << none;
  }
  TestServer collector([&](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send({200, {}, R"({"partialSuccess":{"rejectedSpans":"2"}})"});
  });
  auto exporter =
      SpanExporter::start({.endpoint = "http://127.0.0.1:" + std::to_string(collector.port()),
                           .interval = std::chrono::milliseconds(5)});
  ASSERT_TRUE(exporter.has_value());
  (*exporter)->offer(finished());
  EXPECT_TRUE(comes_true([&] { return (*exporter)->dropped() == 2; }));
}

TEST(SpanExporter, WaitsForNoWordsOfACollector) {
  std::vector<std::shared_ptr<http::Exchange>> talking;
  TestServer collector([&](std::size_t, std::shared_ptr<http::Exchange> exchange) {
    exchange->send_head(200, {});
    exchange->send_chunk("thanks, and");
    talking.push_back(std::move(exchange));
  });
  collector.before_end([&] { talking.clear(); });
  auto exporter =
      SpanExporter::start({.endpoint = "http://127.0.0.1:" + std::to_string(collector.port()),
                           .interval = std::chrono::milliseconds(5),
                           .timeout = std::chrono::minutes(10)});
  ASSERT_TRUE(exporter.has_value());
  (*exporter)->offer(finished());
  const auto began = std::chrono::steady_clock::now();
  exporter->reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

class Traced : public ScriptedExpertTest {};

// From the client's header to the collector, and to the expert in between.
TEST_F(Traced, AChatIsATraceForClientExpertAndCollector) {
  std::mutex mutex;
  std::vector<Json> spans;
  TestServer collector([&](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
    const Json body = Json::parse(exchange->request().body);
    const std::lock_guard lock(mutex);
    for (const Json& span : body["resourceSpans"][0]["scopeSpans"][0]["spans"]) {
      spans.push_back(span);
    }
    exchange->send({200, {}, "{}"});
  });
  GatewayOptions options;
  options.spans.endpoint = "http://127.0.0.1:" + std::to_string(collector.port()) + "/v1/traces";
  options.spans.interval = milliseconds(5);
  expert_.model = "real/first";
  std::string told;
  serve_by(
      [&](const std::shared_ptr<http::Exchange>& exchange) {
        told = http::find_header(exchange->request().headers, "traceparent");
        say_four(*exchange);
      },
      {}, std::move(options));
  const std::string sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  ASSERT_EQ(chat(false, {{"traceparent", sent}}, "first").status, 200);
  ASSERT_TRUE(comes_true([&] {
    const std::lock_guard lock(mutex);
    return spans.size() == 2;
  }));
  end_expert();
  const std::lock_guard lock(mutex);
  EXPECT_EQ(spans[0]["traceId"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(spans[0]["parentSpanId"], "b7ad6b7169203331");
  EXPECT_EQ(spans[1]["parentSpanId"], spans[0]["spanId"]);
  EXPECT_EQ(value_of(spans[1], "gen_ai.request.model")["stringValue"], "real/first");
  EXPECT_EQ(value_of(spans[1], "gen_ai.provider.name")["stringValue"], "openai");
  EXPECT_EQ(told,
            "00-0af7651916cd43dd8448eb211c80319c-" + spans[1]["spanId"].get<std::string>() + "-01");
  EXPECT_EQ(Json(spans).dump().find(kQuestion), std::string::npos);
}

}  // namespace
}  // namespace ooe::gateway
