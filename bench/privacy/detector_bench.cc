// The detector's throughput, beside the naive version: one regular expression a kind, each run over
// the whole text. RE2 is the fast choice for that; std::regex is a hundred times slower still and
// overflows its stack on long lines. The naive one knows no check digits and no words around a
// number, so it finds more than there is: it is here for its speed alone.
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <re2/re2.h>

#include "base/check.h"
#include "privacy/detector.h"
#include "privacy/scan.h"

namespace ooe::privacy {
namespace {

constexpr std::size_t kBytes = std::size_t{4} << 20U;

std::string repeated(std::string_view text) {
  std::string whole;
  while (whole.size() < kBytes) whole += text;
  return whole;
}

const std::string& input(int which) {
  static const std::array<std::string, 6> texts{
      // 0: prose
      repeated("The committee met on Tuesday to discuss the new library, its opening hours and the "
               "budget of 1,250 for shelves. Nobody objected, though Mr Lindqvist asked whether "
               "the roof, last repaired in 1987, would hold another winter.\n"),
      // 1: JSON
      repeated(R"({"id": 8812, "title": "Desk lamp", "price": 24.90, "tags": ["office", "light"],)"
               R"( "stock": {"berlin": 12, "lyon": 0}, "active": true, "rev": "a91f3c77"},)"
               "\n"),
      // 2: code
      repeated(
          "for (std::size_t i = 0; i < rows.size(); ++i) {\n  total += rows[i].price * "
          "rows[i].count;  // cents\n  if (total > kLimit) return fail(\"over {}\", kLimit);\n}\n"),
      // 3: a log, with something to find in every second line
      repeated("2026-03-03 07:01:11 INFO api 200 GET /v1/users/883 12ms ip=198.51.100.31 "
               "trace=4bf92f3577b34da6a3ce929d0e0e4736\n2026-03-03 07:01:12 WARN retry 1 of 3\n"),
      // 4: a table of numbers
      repeated("12 4711 88 3.5 1024 77 19 2048 5 61 7 1999 42 12.75 8 16 23 42 108 4096\n"),
      // 5: made to be slow: everything that is looked at and then dropped
      repeated("a@a.b password=password=4111 1111 1111 1112 DE12 3456 sk-sk-sk- \"email\": eyJ-eyJ "
               "-----BEGIN 1.2.3 2001:db8:x +49 (030) ://a:b@"),
  };
  return texts[static_cast<std::size_t>(which)];
}
constexpr std::array<const char*, 6> kNames{"prose", "json", "code", "log", "numbers", "hostile"};

void by_hand(benchmark::State& state) {
  const std::string& text = input(static_cast<int>(state.range(0)));
  state.SetLabel(kNames[static_cast<std::size_t>(state.range(0))]);
  for (auto _ : state) benchmark::DoNotOptimize(find_personal_data(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(by_hand)->DenseRange(0, 5)->Unit(benchmark::kMillisecond);

void naive(benchmark::State& state) {
  static const std::array<std::unique_ptr<RE2>, kFindingTypes> patterns{
      std::make_unique<RE2>(R"([\w.+-]+@[\w-]+(\.[\w-]+)+)"),
      std::make_unique<RE2>(R"((\+\d|\(\d{3}\)|\b0\d)[\d /.()-]{7,14}\d\b)"),
      std::make_unique<RE2>(R"(\b[A-Z]{2}\d\d( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?\b)"),
      std::make_unique<RE2>(R"(\b(\d[ -]?){12,18}\d\b)"),
      std::make_unique<RE2>(R"(\b\d{3}-\d\d-\d{4}\b)"),
      std::make_unique<RE2>(R"(\b[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b)"),
      std::make_unique<RE2>(R"(\b(\d{11}|\d{8}[A-Z]|\d{6}-\d{3}\w|[A-Z]{6}\d\d\w\d\d\w\d{3}\w)\b)"),
      std::make_unique<RE2>(
          R"(\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(::?[0-9a-f]{1,4}){2,7}\b)"),
      std::make_unique<RE2>(
          R"((?i)\b(password|token|secret|api_?key)\b["']?\s*[:=]\s*["']?\S{6,})"),
      std::make_unique<RE2>(R"(-----BEGIN [A-Z ]*PRIVATE KEY)"),
      std::make_unique<RE2>(R"re((?i)"(email|phone|ssn|iban|password|salary|first_name)"\s*:)re")};
  const std::string& text = input(static_cast<int>(state.range(0)));
  state.SetLabel(kNames[static_cast<std::size_t>(state.range(0))]);
  for (auto _ : state) {
    std::size_t found = 0;
    for (const auto& pattern : patterns) {
      OOE_CHECK(pattern->ok(), "a pattern RE2 takes");
      re2::StringPiece rest(text);
      while (RE2::FindAndConsume(&rest, *pattern)) ++found;
    }
    benchmark::DoNotOptimize(found);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(naive)->DenseRange(0, 5)->Unit(benchmark::kMillisecond);

void with_ten_rules(benchmark::State& state) {
  DetectorOptions options;
  for (int i = 0; i < 10; ++i) {
    options.rules.push_back({"rule-" + std::to_string(i),
                             "(?i)project[- ]falcon" + std::to_string(i),
                             PrivacyClass::confidential});
  }
  const auto detector = Detector::make(std::move(options));
  const std::string& text = input(static_cast<int>(state.range(0)));
  state.SetLabel(kNames[static_cast<std::size_t>(state.range(0))]);
  for (auto _ : state) benchmark::DoNotOptimize(detector->inspect(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(with_ten_rules)->Arg(0)->Arg(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ooe::privacy
