// Every fault, over sockets: streamed or not, with somebody to fall back on or nobody. What
// DESIGN's table of faults promises is asserted cell by cell, and the table that comes out is
// docs/faults.md, which OOE_UPDATE_GOLDEN=1 writes anew.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

// When a fault strikes, seen from the client.
enum class Strikes { never, before_commit, after_commit };

struct FaultRow {
  const char* fault;  // of the simulated expert, or "unreachable", "tls"
  const char* what;   // for people
  Strikes whole;
  Strikes streamed;
  const char* word_whole;     // in the receipt
  const char* word_streamed;  // the same
};

constexpr auto kNever = Strikes::never;
constexpr auto kBefore = Strikes::before_commit;
constexpr auto kAfter = Strikes::after_commit;

constexpr FaultRow kRows[] = {
    {"unreachable", "connection refused", kBefore, kBefore, "connect", "connect"},
    {"tls", "no TLS behind https", kBefore, kBefore, "tls", "tls"},
    {"#401", "401, a wrong key", kBefore, kBefore, "http_401", "http_401"},
    {"#429", "429", kBefore, kBefore, "http_429", "http_429"},
    {"#retry-after-2", "429 with Retry-After", kBefore, kBefore, "http_429", "http_429"},
    {"#500", "500", kBefore, kBefore, "http_500", "http_500"},
    {"#503", "503", kBefore, kBefore, "http_503", "http_503"},
    {"#context-length", "400, context too short", kBefore, kBefore, "http_400", "http_400"},
    {"#silence", "no head, ever", kBefore, kBefore, "head_timeout", "head_timeout"},
    {"#stall", "head, then silence", kBefore, kBefore, "stalled", "stalled"},
    {"#cut-after-1", "cut before any content", kBefore, kBefore, "cut", "cut"},
    {"#cut-after-3", "cut inside the answer", kBefore, kAfter, "cut", "cut"},
    {"#early-close", "clean close, answer not whole", kBefore, kAfter, "malformed_body", "cut"},
    {"#malformed", "not JSON", kBefore, kAfter, "malformed_body", "malformed_event"},
    {"#error-event", "an error with status 200", kBefore, kAfter, "malformed_body", "error_event"},
    {"#wrong-usage", "usage below zero", kBefore, kAfter, "malformed_body", "malformed_event"},
    {"#slow-drip", "every byte on its own", kNever, kNever, "", ""},
};

struct Cell {
  const FaultRow* row = nullptr;
  bool streamed = false;
  bool fallback = false;
  Answer answer;

  [[nodiscard]] Strikes strikes() const { return streamed ? row->streamed : row->whole; }
  [[nodiscard]] std::string_view word() const {
    return streamed ? row->word_streamed : row->word_whole;
  }
  [[nodiscard]] std::string name() const {
    return fmt::format("{}, {}, {}", row->fault, streamed ? "streamed" : "whole",
                       fallback ? "with fallback" : "alone");
  }
};

class FaultMatrix : public GatewayTest {
 protected:
  static RequestRules rules_of(bool fallback) {
    RequestRules rules;
    rules.fallbacks_max = fallback ? 1 : 0;
    rules.session.first_token = milliseconds(1'000);
    rules.experts.head = milliseconds(800);
    rules.experts.stall = milliseconds(800);
    return rules;
  }

  Cell run(const FaultRow& row, bool streamed, bool fallback) {
    std::vector<Expert> experts = experts_;
    const std::string_view fault = row.fault;
    if (fault.starts_with('#')) experts[0].model += fault;
    if (fault == "unreachable") experts[0].base_url = "http://127.0.0.1:1/v1";
    if (fault == "tls") experts[0].base_url.replace(0, 4, "https");
    // A generation without the first expert: what its breaker learnt in the last cell is forgotten.
    EXPECT_TRUE(gateway_->reload(serving_of({experts_[1]}, rules_of(fallback))));
    EXPECT_TRUE(gateway_->reload(serving_of(experts, rules_of(fallback))));
    return {&row, streamed, fallback, chat(streamed)};
  }

  // What the design promises, cell by cell.
  static void check(const Cell& cell, const Receipt& receipt) {
    const Answer& answer = cell.answer;
    const bool done = answer.body.find("data: [DONE]") != std::string::npos;
    const auto& first = receipt.attempts.front();
    EXPECT_EQ(first.fault, cell.word());
    Usd sum;
    for (const Attempt& attempt : receipt.attempts) sum += attempt.cost;
    EXPECT_EQ(receipt.cost, sum);
    if (cell.strikes() == Strikes::after_commit) {
      EXPECT_EQ(answer.status, 200);
      EXPECT_TRUE(answer.fault) << "the framing breaks";
      EXPECT_FALSE(done);
      EXPECT_NE(answer.body.find("upstream_truncated"), std::string::npos) << answer.body;
      EXPECT_EQ(receipt.ending, Ending::upstream_truncated);
      EXPECT_EQ(receipt.attempts.size(), 1U) << "never two voices";
      EXPECT_GT(first.cost, Usd{}) << "what was said is billed";
      return;
    }
    EXPECT_FALSE(answer.fault);
    const bool answered = cell.strikes() == Strikes::never || cell.fallback;
    if (answered) {
      EXPECT_EQ(answer.status, 200) << answer.body;
      EXPECT_EQ(answer.header("x-ooe-expert"),
                cell.strikes() == Strikes::never ? "first" : "second");
      EXPECT_EQ(done, cell.streamed);
      EXPECT_EQ(receipt.ending, Ending::answered);
      return;
    }
    if (cell.word() == "http_400") {  // the typed error, in the expert's own words
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(answer.code(), "context_length_exceeded") << answer.body;
      EXPECT_EQ(receipt.ending, Ending::refused);
      return;
    }
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "experts_failed");
    EXPECT_EQ(receipt.ending, Ending::experts_failed);
  }

  static std::string seen_by_client(const Cell& cell) {
    const Answer& answer = cell.answer;
    if (answer.fault) return "error event `upstream_truncated`, broken framing, no `[DONE]`";
    if (answer.status != 200) return fmt::format("{} `{}`", answer.status, answer.code());
    return fmt::format("the answer of {}", answer.header("x-ooe-expert"));
  }

  static std::string line(const Cell& cell, const Receipt& receipt) {
    std::string faults;
    for (const Attempt& attempt : receipt.attempts) {
      faults += fmt::format("{}{}: {}", faults.empty() ? "" : ", ", attempt.expert,
                            attempt.fault.empty() ? "answered" : attempt.fault);
    }
    return fmt::format("| {} | {} | {} | {} | {} | {} |\n", cell.row->what,
                       cell.streamed ? "yes" : "no", cell.fallback ? "yes" : "no",
                       seen_by_client(cell), to_string(receipt.ending), faults);
  }
};

TEST_F(FaultMatrix, GivesEveryFaultWhatTheDesignPromises) {
  start("", {}, rules_of(true));
  std::vector<Cell> cells;
  for (const FaultRow& row : kRows) {
    for (const bool streamed : {false, true}) {
      for (const bool fallback : {true, false}) cells.push_back(run(row, streamed, fallback));
    }
  }
  std::map<std::string, Receipt> by_id;
  for (const Receipt& receipt : receipts()) by_id[to_hex(receipt.id)] = receipt;
  EXPECT_EQ(by_id.size(), cells.size()) << "one receipt a request";
  std::string table =
      "# What every fault gets\n\n"
      "Two simulated experts, the first at fault, over sockets; "
      "`tests/gateway/fault_matrix_test.cc` makes this\n"
      "table and keeps it true (`OOE_UPDATE_GOLDEN=1 build/release/bin/gateway_test "
      "--gtest_filter='FaultMatrix*'`).\n\n"
      "| the first expert's fault | streamed | fallback allowed | the client sees | receipt | "
      "attempts |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const Cell& cell : cells) {
    SCOPED_TRACE(cell.name());
    const auto receipt = by_id.find(cell.answer.header("x-ooe-receipt"));
    ASSERT_NE(receipt, by_id.end()) << cell.answer.status << " " << cell.answer.body;
    check(cell, receipt->second);
    table += line(cell, receipt->second);
  }
  const std::string path = OOE_SOURCE_DIR "/docs/faults.md";
  if (std::getenv("OOE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << table;
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(golden.str(), table) << "docs/faults.md; OOE_UPDATE_GOLDEN=1 writes it anew";
}

}  // namespace
}  // namespace ooe::gateway
