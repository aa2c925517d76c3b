// Every fault, over sockets, in every phase of a request: streamed or not, with somebody to fall
// back on or nobody. What each fault deserves is asserted cell by cell, and the table
// that comes out is docs/faults.md, which OOE_UPDATE_GOLDEN=1 writes anew. First the faults of
// experts, then what ends a request from this side: the client leaves, or its time is up.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tests/gateway/gateway_fixture.h"
#include "tests/http/harness.h"

namespace ooe::gateway {
namespace {

// When a fault strikes, seen from the client.
enum class Strikes { never, before_commit, after_commit };

struct FaultRow {
  const char* fault;  // of the simulated expert, or "unreachable", "nowhere", "tls", "no http"
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
    {"nowhere", "a name without an address", kBefore, kBefore, "resolve", "resolve"},
    {"unreachable", "connection refused", kBefore, kBefore, "connect", "connect"},
    {"tls", "no TLS behind https", kBefore, kBefore, "tls", "tls"},
    {"no http", "a head that is no HTTP", kBefore, kBefore, "malformed", "malformed"},
    {"#401", "401, a wrong key", kBefore, kBefore, "http_401", "http_401"},
    {"#429", "429", kBefore, kBefore, "http_429", "http_429"},
    {"#retry-after-2", "429 with Retry-After", kBefore, kBefore, "http_429", "http_429"},
    {"#500", "500", kBefore, kBefore, "http_500", "http_500"},
    {"#503", "503", kBefore, kBefore, "http_503", "http_503"},
    {"#context-length", "400, context too short", kBefore, kBefore, "http_400", "http_400"},
    {"#silence", "no head, ever", kBefore, kBefore, "head_timeout", "head_timeout"},
    {"#stall", "head, then silence", kBefore, kBefore, "stalled", "first_token_timeout"},
    {"#stall-after-3", "silence inside the answer", kBefore, kAfter, "stalled", "stalled"},
    {"#heartbeat-after-1", "comments and no word", kBefore, kBefore, "stalled",
     "first_token_timeout"},
    {"#heartbeat-after-3", "comments inside the answer", kBefore, kAfter, "stalled", "stalled"},
    {"#cut-after-1", "cut before any content", kBefore, kBefore, "cut", "cut"},
    {"#cut-after-3", "cut inside the answer", kBefore, kAfter, "cut", "cut"},
    {"#early-close", "clean close, answer not whole", kBefore, kAfter, "malformed_body", "cut"},
    {"#malformed", "not JSON", kBefore, kAfter, "malformed_body", "malformed_event"},
    {"#error-event", "an error with status 200", kBefore, kAfter, "malformed_body", "error_event"},
    {"#wrong-usage", "usage below zero", kNever, kNever, "", ""},
    {"#slow-drip", "every byte on its own", kNever, kNever, "", ""},
};

// How the lines of the other two tables begin.
constexpr std::string_view kLeaves = "the client leaves ";
constexpr std::string_view kTimeIsUp = "the request's time is up ";

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
    rules.experts.stall = rules.session.stall = milliseconds(800);
    return rules;
  }

  Cell run(const FaultRow& row, bool streamed, bool fallback) {
    std::vector<Expert> experts = experts_;
    const std::string_view fault = row.fault;
    if (fault.starts_with('#')) experts[0].model += fault;
    if (fault == "unreachable") experts[0].base_url = "http://127.0.0.1:1/v1";
    if (fault == "nowhere") experts[0].base_url = "http://expert.invalid/v1";  // RFC 6761, 6.4
    if (fault == "no http") {
      experts[0].base_url = "http://127.0.0.1:" + std::to_string(babbler_.port()) + "/v1";
    }
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

  // Speaks before it has listened, and not HTTP.
  http::testing::RawServer babbler_{[](int fd, int) {
    http::testing::send_all(fd, "220 mail.example ESMTP\r\n");
    http::testing::sees_close(fd);
  }};

  static std::string seen_by_client(const Cell& cell) {
    const Answer& answer = cell.answer;
    if (answer.fault) return "error event `upstream_truncated`, broken framing, no `[DONE]`";
    if (answer.status != 200) return fmt::format("{} `{}`", answer.status, answer.code());
    return fmt::format("the answer of {}", answer.header("x-ooe-expert"));
  }

  // The file's lines that begin with `row`, or all others, are `table`; OOE_UPDATE_GOLDEN=1 writes
  // them anew, behind the others.
  static void compare(const std::string& table, std::string_view row) {
    const std::string path = OOE_SOURCE_DIR "/docs/faults.md";
    const auto is_of = [](std::string_view line, std::string_view begin) {
      return line.starts_with("| " + std::string(begin));
    };
    std::string ours;
    std::string others;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      const bool main_table = !is_of(line, kLeaves) && !is_of(line, kTimeIsUp);
      ((row.empty() ? main_table : is_of(line, row)) ? ours : others) += line + "\n";
    }
    if (std::getenv("OOE_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path) << (row.empty() ? table + others : others + table);
    } else {
      EXPECT_EQ(ours, table) << "docs/faults.md; OOE_UPDATE_GOLDEN=1 writes it anew";
    }
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
      "--gtest_filter='FaultMatrix*:EndsFrom*'`).\n\n"
      "| what goes wrong | streamed | fallback allowed | the client sees | receipt | "
      "attempts |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const Cell& cell : cells) {
    SCOPED_TRACE(cell.name());
    const auto receipt = by_id.find(cell.answer.header("x-ooe-receipt"));
    ASSERT_NE(receipt, by_id.end()) << cell.answer.status << " " << cell.answer.body;
    check(cell, receipt->second);
    table += line(cell, receipt->second);
  }
  compare(table, "");
}

// The phases in which something can end a request from this side, and the expert that keeps it
// there.
struct PhaseRow {
  const char* phase;
  const char* fault;
  bool committed;  // a stream; what is not streamed is held to its end
};
constexpr PhaseRow kPhases[] = {
    {"before the head", "#silence", false},
    {"before any content", "#stall", false},
    {"inside the answer", "#stall-after-3", true},
};

class EndsFromThisSide : public FaultMatrix {
 protected:
  void put_in(const PhaseRow& row, bool fallback, milliseconds total) {
    std::vector<Expert> experts = experts_;
    experts[0].model += row.fault;
    RequestRules rules = rules_of(fallback);
    rules.session.first_token = rules.experts.head = rules.experts.stall = milliseconds(15'000);
    rules.session.total = total;
    ASSERT_TRUE(gateway_->reload(serving_of({experts_[1]}, rules)));
    ASSERT_TRUE(gateway_->reload(serving_of(experts, rules)));
  }
  // The client leaves once the expert has said all that it will.
  void leave_in(const PhaseRow& row, bool streamed) {
    const std::int64_t asked = simulation_->ledger(0).requests;
    http::testing::RawSocket client(gateway_->port());
    const std::string body = chat_body(streamed, "auto");
    client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    if (streamed && row.committed) {
      static_cast<void>(client.read_until("data: "));
    } else {
      ASSERT_TRUE(eventually([&] { return simulation_->ledger(0).requests > asked; }));
      std::this_thread::sleep_for(milliseconds(30));
    }
  }
};

TEST_F(EndsFromThisSide, AClientThatLeavesCancelsTheExpertInEveryPhase) {
  start("", {}, rules_of(true));
  std::string table;
  std::vector<std::string> cells;
  for (const PhaseRow& row : kPhases) {
    for (const bool streamed : {false, true}) {
      for (const bool fallback : {true, false}) {
        SCOPED_TRACE(std::string(row.phase) + (streamed ? ", streamed" : ", whole"));
        put_in(row, fallback, milliseconds(15'000));
        const std::int64_t before = simulation_->ledger(0).unfinished;
        leave_in(row, streamed);
        EXPECT_TRUE(eventually([&] { return simulation_->ledger(0).unfinished == before + 1; }))
            << "the expert's side of the call is closed";
        cells.push_back(fmt::format("| {}{} | {} | {} | - |", kLeaves, row.phase,
                                    streamed ? "yes" : "no", fallback ? "yes" : "no"));
      }
    }
  }
  auto filed = receipts();
  ASSERT_EQ(filed.size(), cells.size());
  std::ranges::sort(filed, {}, &Receipt::received);
  for (std::size_t i = 0; i < filed.size(); ++i) {
    SCOPED_TRACE(cells[i]);
    ASSERT_EQ(filed[i].attempts.size(), 1U) << "nobody else is asked for who has left";
    EXPECT_EQ(filed[i].ending, Ending::client_gone);
    EXPECT_EQ(filed[i].attempts[0].fault, "client_gone");
    EXPECT_EQ(filed[i].cost, filed[i].attempts[0].cost);
    table += fmt::format("{} {} | first: {} |\n", cells[i], to_string(filed[i].ending),
                         filed[i].attempts[0].fault);
  }
  EXPECT_EQ(simulation_->ledger(1).requests, 0);
  compare(table, kLeaves);
}

TEST_F(EndsFromThisSide, ARequestWhoseTimeIsUpEndsInEveryPhase) {
  start("", {}, rules_of(true));
  std::vector<std::pair<std::string, bool>> cells;  // and whether it had been committed
  for (const PhaseRow& row : kPhases) {
    for (const bool streamed : {false, true}) {
      for (const bool fallback : {true, false}) {
        put_in(row, fallback, milliseconds(300));
        const Answer answer = chat(streamed);
        const bool committed = streamed && row.committed;
        EXPECT_EQ(answer.fault.has_value(), committed);
        EXPECT_EQ(answer.status, committed ? 200 : 504);
        EXPECT_EQ(answer.body.find("data: [DONE]"), std::string::npos);
        cells.emplace_back(
            fmt::format("| {}{} | {} | {} | {} |", kTimeIsUp, row.phase, streamed ? "yes" : "no",
                        fallback ? "yes" : "no",
                        committed ? "error event, broken framing, no `[DONE]`"
                                  : fmt::format("{} `{}`", answer.status, answer.code())),
            committed);
      }
    }
  }
  auto filed = receipts();
  ASSERT_EQ(filed.size(), cells.size());
  std::ranges::sort(filed, {}, &Receipt::received);
  std::string table;
  for (std::size_t i = 0; i < filed.size(); ++i) {
    const auto& [cell, committed] = cells[i];
    SCOPED_TRACE(cell);
    ASSERT_EQ(filed[i].attempts.size(), 1U);
    EXPECT_EQ(filed[i].ending, committed ? Ending::upstream_truncated : Ending::deadline_exceeded);
    EXPECT_EQ(filed[i].attempts[0].fault, "deadline");
    table += fmt::format("{} {} | first: {} |\n", cell, to_string(filed[i].ending),
                         filed[i].attempts[0].fault);
  }
  compare(table, kTimeIsUp);
}

}  // namespace
}  // namespace ooe::gateway
