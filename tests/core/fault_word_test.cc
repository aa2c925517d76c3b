#include "core/fault_word.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace ooe {
namespace {

// The words as receipts of earlier releases have them: a changed constant shows here.
TEST(FaultWord, KeepsItsSpellingAndItsBlame) {
  struct Case {
    std::string_view word;
    std::string_view spelling;
    Blame blame;
  };
  std::set<std::string_view> seen;
  for (const auto& [word, spelling, blame] : {
           Case{fault_word::kResolve, "resolve", Blame::expert},
           Case{fault_word::kConnect, "connect", Blame::expert},
           Case{fault_word::kNoSocket, "no_socket", Blame::ours},
           Case{fault_word::kTls, "tls", Blame::expert},
           Case{fault_word::kHeadTimeout, "head_timeout", Blame::slowness},
           Case{fault_word::kMalformed, "malformed", Blame::expert},
           Case{fault_word::kStalled, "stalled", Blame::expert},
           Case{fault_word::kCut, "cut", Blame::expert},
           Case{fault_word::kHttp403, "http_403", Blame::expert},
           Case{fault_word::kHttp429, "http_429", Blame::rate},
           Case{fault_word::kModerated, "moderated", Blame::request},
           Case{fault_word::kUnpaid, "unpaid", Blame::expert},
           Case{fault_word::kWrongContentType, "wrong_content_type", Blame::expert},
           Case{fault_word::kMalformedBody, "malformed_body", Blame::expert},
           Case{fault_word::kMalformedEvent, "malformed_event", Blame::expert},
           Case{fault_word::kErrorEvent, "error_event", Blame::expert},
           Case{fault_word::kEncoded, "encoded", Blame::expert},
           Case{fault_word::kEncodedGzip, "encoded_gzip", Blame::expert},
           Case{fault_word::kEncodedDeflate, "encoded_deflate", Blame::expert},
           Case{fault_word::kEncodedBr, "encoded_br", Blame::expert},
           Case{fault_word::kEncodedZstd, "encoded_zstd", Blame::expert},
           Case{fault_word::kTooLongToRestore, "too_long_to_restore", Blame::expert},
           Case{fault_word::kDeferred, "deferred", Blame::request},
           Case{fault_word::kFirstTokenTimeout, "first_token_timeout", Blame::slowness},
           Case{fault_word::kWordless, "wordless", Blame::expert},
           Case{fault_word::kTooSlow, "too_slow", Blame::expert},
           Case{fault_word::kDialect, "dialect", Blame::dialect},
           Case{fault_word::kBreakerOpen, "breaker_open", Blame::expert},
           Case{fault_word::kHedgeLost, "hedge_lost", Blame::ours},
           Case{fault_word::kClientGone, "client_gone", Blame::ours},
           Case{fault_word::kDeadline, "deadline", Blame::ours},
           Case{fault_word::kShutDown, "shut_down", Blame::ours},
           Case{"", "", Blame::nobody},
           Case{"never heard of", "never heard of", Blame::expert},
       }) {
    SCOPED_TRACE(spelling);
    EXPECT_EQ(word, spelling);
    EXPECT_EQ(blame_of(word), blame);
    EXPECT_TRUE(seen.insert(word).second) << "two words are the same";
  }
}

TEST(FaultWord, BlamesTheRequestForFourStatusesAndCrowdsForOne) {
  for (int status = 100; status < 600; ++status) {
    const bool of_request = status == 400 || status == 413 || status == 415 || status == 422;
    const std::string word = fault_word::http(status);
    EXPECT_EQ(word, "http_" + std::to_string(status));
    EXPECT_EQ(blame_of(word), of_request      ? Blame::request
                              : status == 429 ? Blame::rate
                                              : Blame::expert)
        << word;
  }
  EXPECT_EQ(fault_word::http(403), fault_word::kHttp403);
  EXPECT_EQ(fault_word::http(429), fault_word::kHttp429);
}

// A word is matched whole.
TEST(FaultWord, BlamesTheExpertForPartsOfWords) {
  for (const std::string_view word : {"http_40", "http_4000", "deferre", "dialect ", "Stalled"}) {
    EXPECT_EQ(blame_of(word), Blame::expert) << word;
  }
}

}  // namespace
}  // namespace ooe
