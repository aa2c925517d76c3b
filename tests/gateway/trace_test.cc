#include "gateway/trace.h"

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

constexpr const char* kSent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceParent, ReadsWhatTheStandardSays) {
  const auto context = parse_traceparent(kSent);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(to_hex(context->trace), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(to_hex(context->parent), "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(format_traceparent(*context), kSent);
  EXPECT_FALSE(
      parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02")->sampled);
  // A version to come may say more.
  EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what"));
}

TEST(TraceParent, RefusesEverythingElse) {
  for (const char* bad : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                          "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
                          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
                          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    EXPECT_FALSE(parse_traceparent(bad).has_value()) << bad;
  }
}

std::string header_of(const http::Headers& headers, std::string_view name) {
  EXPECT_LE(http::count_headers(headers, name), 1U);
  return std::string(http::find_header(headers, name));
}

TEST(RequestTrace, PassesOnWhatWasSentWhenNobodyRecords) {
  const RequestTrace none({}, false);
  EXPECT_TRUE(none.headers_for({}).empty());
  const RequestTrace trace({{"traceparent", kSent}, {"tracestate", "a=1"}}, false);
  EXPECT_FALSE(trace.recorded());
  EXPECT_EQ(header_of(trace.headers_for({}), "traceparent"), kSent);
  EXPECT_EQ(header_of(trace.headers_for({}), "tracestate"), "a=1");
  const RequestTrace two({{"traceparent", kSent}, {"tracestate", "a=1"}, {"TraceState", "b=2,c=3"}},
                         false);
  EXPECT_EQ(header_of(two.headers_for({}), "tracestate"), "a=1,b=2,c=3");
  // What is none, or given twice, is not passed on, and neither is the state of such a trace.
  EXPECT_TRUE(
      RequestTrace({{"traceparent", "x"}, {"tracestate", "a=1"}}, false).headers_for({}).empty());
  EXPECT_TRUE(RequestTrace({{"traceparent", kSent}, {"traceparent", kSent}}, false)
                  .headers_for({})
                  .empty());
}

TEST(RequestTrace, PassesOnNoTextBehindWhatItUnderstands) {
  const std::string later = "cc" + std::string(kSent).substr(2) + "-ann@x.example";
  EXPECT_EQ(header_of(RequestTrace({{"traceparent", later}}, false).headers_for({}), "traceparent"),
            kSent);
}

TEST(RequestTrace, TellsExpertsOfItsOwnSpansWhenItRecords) {
  const SpanId call{1, 2, 3, 4, 5, 6, 7, 8};
  const RequestTrace joined({{"traceparent", kSent}, {"tracestate", "a=1"}}, true);
  EXPECT_TRUE(joined.recorded());
  EXPECT_EQ(to_hex(*joined.parent()), "b7ad6b7169203331");
  EXPECT_EQ(header_of(joined.headers_for(call), "traceparent"),
            "00-0af7651916cd43dd8448eb211c80319c-0102030405060708-01");
  EXPECT_EQ(header_of(joined.headers_for(call), "tracestate"), "a=1");

  const RequestTrace begun({}, true);
  EXPECT_TRUE(begun.recorded());
  EXPECT_FALSE(begun.parent().has_value());
  const auto told = parse_traceparent(header_of(begun.headers_for(call), "traceparent"));
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->parent, call);
  EXPECT_EQ(told->trace, begun.trace());
}

TEST(RequestTrace, RecordsNothingThatIsNotSampled) {
  const std::string unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  const RequestTrace trace({{"traceparent", unsampled}}, true);
  EXPECT_FALSE(trace.recorded());
  EXPECT_EQ(header_of(trace.headers_for({}), "traceparent"), unsampled);
}

}  // namespace
}  // namespace ooe::gateway
