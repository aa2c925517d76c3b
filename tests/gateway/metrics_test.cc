#include "gateway/metrics.h"

#include <gmock/gmock.h>

namespace ooe::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CountWhatReceiptsSay) {
  Metrics metrics;
  Receipt receipt;
  receipt.model = "auto";
  receipt.ending = Ending::answered;
  receipt.chosen = "a";
  receipt.answered_by = "b";
  receipt.attempts.resize(2);
  receipt.attempts[0].expert = "a";
  receipt.attempts[0].fault = "http_429";
  receipt.attempts[1].expert = "b";
  receipt.attempts[1].tokens = {
      .input = 10, .cached_input = 4, .cache_write = 1, .output = 3, .reasoning = 1};
  receipt.attempts[1].cost = Usd{2'000'000'000};
  metrics.observe(receipt);
  metrics.observe(receipt);
  metrics.count_rejection(503, "overloaded");
  metrics.count_error(422, "no_expert_allowed");
  const std::string text =
      metrics.text({.requests_in_flight = 3, .connections = 4, .receipts_queued = 5});
  for (const char* line :
       {"ooe_requests_total{ending=\"answered\",model=\"auto\"} 2",
        "ooe_expert_calls_total{expert=\"a\",fault=\"http_429\"} 2",
        "ooe_decisions_total{expert=\"a\"} 2", "ooe_decisions_total{expert=\"b\"} 0",
        "ooe_tokens_total{class=\"input\",expert=\"b\"} 10",
        "ooe_tokens_total{class=\"cache_write\",expert=\"b\"} 2",
        "ooe_tokens_total{class=\"cached_input\",expert=\"b\"} 8",
        "ooe_tokens_total{class=\"output\",expert=\"b\"} 4",
        "ooe_tokens_total{class=\"reasoning\",expert=\"b\"} 2",
        "ooe_spent_usd_total{expert=\"b\"} 4", "ooe_rejections_total{code=\"overloaded\"} 1",
        "ooe_errors_total{code=\"overloaded\",status=\"503\"} 1",
        "ooe_errors_total{code=\"no_expert_allowed\",status=\"422\"} 1",
        "ooe_build_info{version=\"0.1.0\"} 1", "ooe_requests_in_flight 3", "ooe_connections 4",
        "ooe_receipts_queued 5"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// The second expert answered a second after it was called, and the client had waited for two.
TEST(Metrics, TellWhatTheExpertTookFromWhatTheClientWaited) {
  Metrics metrics;
  Receipt receipt;
  receipt.answered_by = "b";
  receipt.ending = Ending::answered;
  receipt.first_byte = std::chrono::seconds(2);
  receipt.total = std::chrono::seconds(4);
  receipt.attempts.resize(1);
  receipt.attempts[0].expert = "b";
  receipt.attempts[0].duration = std::chrono::seconds(3);
  metrics.observe(receipt);
  receipt.answered_by = "";  // nobody's words reached the client
  metrics.observe(receipt);
  EXPECT_THAT(metrics.text({}), AllOf(HasSubstr("ooe_first_byte_seconds_sum{expert=\"b\"} 1"),
                                      HasSubstr("ooe_client_first_byte_seconds_sum 2"),
                                      HasSubstr("ooe_client_first_byte_seconds_count 1")));
}

TEST(Metrics, CountUpwardsWhatOnlyGrows) {
  Metrics metrics;
  for (int look = 0; look < 2; ++look) {
    EXPECT_THAT(
        metrics.text({.spool_bytes = 640,
                      .receipts_spooled = 5,
                      .receipts_lost = 2,
                      .spans_dropped = 3,
                      .log_lines_lost = 4}),
        AllOf(HasSubstr("# TYPE ooe_receipts_spooled_total counter"),
              HasSubstr("ooe_receipts_spooled_total 5"), HasSubstr("ooe_receipts_lost_total 2"),
              HasSubstr("ooe_spans_dropped_total 3"), HasSubstr("ooe_log_lines_lost_total 4"),
              HasSubstr("ooe_receipts_spool_bytes 640")));
  }
  EXPECT_THAT(metrics.text({.receipts_spooled = 6}), HasSubstr("ooe_receipts_spooled_total 6"));
}

TEST(Metrics, HaveGaugesOfEveryExpertInForceAndOfNoOther) {
  Metrics metrics;
  EXPECT_THAT(metrics.text({.experts = {{"a", true, 5}, {"b", false, 7}}}),
              AllOf(HasSubstr("ooe_breaker_open{expert=\"a\"} 1"),
                    HasSubstr("ooe_expert_calls_max{expert=\"a\"} 5"),
                    HasSubstr("ooe_breaker_open{expert=\"b\"} 0")));
  EXPECT_THAT(metrics.text({.experts = {{"b", true, 7}, {"c", false, 9}}}),
              AllOf(Not(HasSubstr("expert=\"a\"")), HasSubstr("ooe_breaker_open{expert=\"b\"} 1"),
                    HasSubstr("ooe_breaker_open{expert=\"c\"} 0")));
}

}  // namespace
}  // namespace ooe::gateway
