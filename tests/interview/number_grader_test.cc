#include "interview/number_grader.h"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "tests/interview/number_cases.h"

namespace ooe::interview {
namespace {

constexpr NumberCase kNumberCases[] = {
    // A number alone.
    {"42", 42},
    {"42.", 42},
    {" 42\n", 42},
    {"**42**", 42},
    {"`42`", 42},
    {"(42)", 42},
    {"-42", -42},
    {"\xE2\x88\x92"
     "42",
     -42},
    {"+42", 42},
    {"0", 0},
    {"-0", 0},
    {"007", 7},
    {"42.0", 42},
    {"42.50", 42.5},
    {".5", 0.5},
    {"-.5", -0.5},
    {"3.14159", 3.14159},
    {"1,234", 1234},
    {"1,234,567.89", 1234567.89},
    {"1234567", 1234567},
    {"1{,}234", 1234},
    {"1\\,234", 1234},
    {"1\xC2\xA0"
     "234",
     1234},
    {"12\xE2\x80\xAF"
     "345",
     12345},
    {"$42", 42},
    {"$1,234.50", 1234.5},
    {"\\$18", 18},
    {"-$5", -5},
    {"$-5", -5},
    {"\xE2\x82\xAC"
     "7",
     7},
    {"\xC2\xA3"
     "7.25",
     7.25},
    {"USD 12", 12},
    {"50%", 50},
    {"50 %", 50},
    {"12.5\\%", 12.5},
    {"42 apples", 42},
    {"42km", 42},
    {"42 km/h", 42},
    {"9.81 m/s^2", 9.81},
    {"9.8 m/s2", 9.8},
    {"1e3", 1000},
    {"1.5e-3", 0.0015},
    {"2E5", 200000},
    {"6.02 * 10^23", 6.02e23},
    {"6.02 x 10^23", 6.02e23},
    {"6.02\xC3\x97"
     "10^{23}",
     6.02e23},
    {"$3 \\times 10^{-4}$", 3e-4},
    {"3/4", 0.75},
    {"-3/4", -0.75},
    {"\\frac{3}{4}", 0.75},
    {"$-\\frac{3}{4}$", -0.75},
    {"\\dfrac{1}{2}", 0.5},
    {"2 1/2", 2.5},
    {"2 million", 2e6},
    {"1.5 billion dollars", 1.5e9},
    {"3 thousand", 3000},
    // Marked.
    {"\\boxed{42}", 42},
    {"$\\boxed{42}$", 42},
    {"\\[\\boxed{1,234}\\]", 1234},
    {"\\boxed{\\frac{1}{3}}", 1.0 / 3},
    {"\\boxed{\\text{42 apples}}", 42},
    {"\\boxed{x = 42}", 42},
    {"\\(\\boxed{-7}\\)", -7},
    {"So the result is \\(\\boxed{12.5}\\).", 12.5},
    {"#### 42", 42},
    {"48/2 = 24 and 48+24 = 72\n#### 72", 72},
    {"#### $1,000", 1000},
    {"The answer is 42", 42},
    {"The answer is 42.", 42},
    {"The answer is 42. That took 3 steps.", 42},
    {"The answer is 42.5.", 42.5},
    {"The answer is $42.", 42},
    {"The answer is: 42", 42},
    {"The answer is **42**.", 42},
    {"The answer is 42 apples, from 3 trees.", 42},
    {"The answer is approximately 3.14.", 3.14},
    {"The answer is -3.", -3},
    {"The final answer is 42.", 42},
    {"The answer would be 42.", 42},
    {"The answer must be 42", 42},
    {"The answer to question 3 is 42.", 42},
    {"Answer: 42", 42},
    {"ANSWER: 42", 42},
    {"**Answer: 42**", 42},
    {"**Answer:** 42", 42},
    {"**Answer:** $42", 42},
    {"Answer:\n42", 42},
    {"### Answer\n42", 42},
    {"Final answer: 1,234 dollars (see 2 above)", 1234},
    {"Answer: 3 + 4 = 7", 7},
    {"Answer = 42", 42},
    {"Answer: x = 42", 42},
    {"The answer is 3/4 of a cup.", 0.75},
    {"The answer is 25%.", 25},
    // The last mark wins, and a mark beats what is not.
    {"The answer is 41. Wait: the answer is 42.", 42},
    {"\\boxed{41} No. \\boxed{42}", 42},
    {"Answer: 41\nLet me check.\nAnswer: 42", 42},
    {"The answer is 42. I checked it 5 times in 3 ways.", 42},
    {"#### 42\nThis took 10 minutes.", 42},
    {"The answer is not 41. The answer is 42.", 42},
    {"The answer: see below. We get 6 * 7 = 42.", 42},
    // No mark: the last number, or after the last "=".
    {"She has 48 clips and sells 6, which leaves 42.", 42},
    {"6 * 7 = 42", 42},
    {"x = 42", 42},
    {"x=-42", -42},
    {"x = -42", -42},
    {"5 - 3 = 2", 2},
    {"x = 42 (in 2 ways)", 42},
    {"5 + 3 = 8. Then 8 * 2 = 16 apples.", 16},
    {"It comes to 12.", 12},
    {"It comes to 1,250.", 1250},
    {"First 10, then 20.\n\nTotal: 30 marbles", 30},
    {"In the 1st part we set it up; in the 2nd we solve it. It is 9.", 9},
    {"There are 3 steps. It takes 4 hours", 4},
    {"Step 1: add.\nStep 2: 17 in all.\nThat is it.", 17},
    {"The water is H2O and weighs 18", 18},
    {"He paid 5-3=2 dollars", 2},
    {"The temperature is -7 degrees.", -7},
    {"10% of 50 is 5", 5},
    // As models of all kinds end their pages.
    {"Let's think step by step.\nNatalia sold 48/2 = <<48/2=24>>24 clips in May.\nShe sold 48+24 "
     "= <<48+24=72>>72 clips.\n#### 72",
     72},
    {"<think>6 times 7 is 42</think>\n42", 42},
    {"<think>Maybe 41? No.</think>\n\nThe answer is **42**.", 42},
    {"## Final Answer\n\n**42**", 42},
    {"**Final Answer: 42**", 42},
    {"Final Answer: The final answer is $42$. I hope it is correct.", 42},
    {"Therefore, the answer is $\\boxed{42}$.", 42},
    {"$$\\boxed{42}$$", 42},
    {"\\[ x = \\boxed{42} \\]", 42},
    {"\\boxed{42\\text{ apples}}", 42},
    {"\\boxed{\\$42}", 42},
    {"\\boxed{42\\%}", 42},
    {"\\boxed{1{,}234}", 1234},
    {"\\boxed{-\\frac{1}{2}}", -0.5},
    {"\\boxed{\\dfrac{3}{8}}", 0.375},
    {"\\boxed{3.50}", 3.5},
    {"\\boxed{10^3}", 1000},
    {"\\boxed{2\\frac{1}{2}}", 2.5},
    {"Thus she pays $18 every day.", 18},
    {"So he makes $9 * 2 = $18 at the market.", 18},
    {"Janet makes 9 * 2 = $<<9*2=18>>18 every day.\n#### 18", 18},
    {"It takes 2/2=<<2/2=1>>1 bolt of white fiber, 2+1=<<2+1=3>>3 in all\n#### 3", 3},
    {"The total is 70,000 dollars.", 70000},
    {"The profit was $120,000 - $80,000 = $40,000.", 40000},
    {"Total cost: $64.00", 64},
    {"Total: $5.00 per person", 5},
    {"So the answer is 540 meters a week.", 540},
    {"Wendi needs 20 cups of feed.", 20},
    {"He has 25 sheep left over.", 25},
    {"The answer is 160 minutes (2 hours and 40 minutes).", 160},
    {"The answer is 45 miles. He drove 60 mph for 2 hours.", 45},
    {"Answer: 460", 460},
    {"Answer: $460.00", 460},
    {"Answer: 366 downloads", 366},
    {"Answer: **694** dollars", 694},
    {"Answer: 13.0", 13},
    {"Answer: about 18", 18},
    {"Answer: \\(60\\)", 60},
    {"Answer: `125`", 125},
    {"Answer: 125 (one hundred twenty-five)", 125},
    {"ANSWER IS 230", 230},
    {"answer: 57500", 57500},
    {"The answer = 7", 7},
    {"The answer is 7!", 7},
    {"The answer is, therefore, 7.", 7},
    {"My answer is 7 bags.", 7},
    {"Hence the answer is: 6 dozen.", 6},
    {"{\"answer\": 15}", 15},
    {"{\"steps\": [1, 2], \"answer\": \"15\"}", 15},
    {"```\n14\n```", 14},
    {"x = 5, so 3x = 15", 15},
    {"3 + 4 = 7, therefore the answer is 7", 7},
    {"1. Add 3 and 4.\n2. The sum is 7.\n\nAnswer: 7", 7},
    {"Step 1: 3\nStep 2: 4\n#### 7", 7},
    {"#### 7.", 7},
    {"####7", 7},
    {"#### -7", -7},
    {"#### $7,500", 7500},
    {"#### 7 apples", 7},
    {"#### 50%", 50},
    {"minus 5 is -5", -5},
    {"The result is \xE2\x88\x92"
     "5.",
     -5},
    {"The temperature fell to -40\xC2\xB0"
     "C.",
     -40},
    {"about 3 million people", 3e6},
    {"1.2e6", 1.2e6},
    {"It is 5:1, a ratio of 5", 5},
    // Meant to mislead.
    {"The answer is 42, not 41.", 42},
    {"It is not 41 but 42.", 42},
    {"At first I got 41. The correct answer is 42.", 42},
    {"Answer: 41? No. Answer: 42", 42},
    {"The answer is 42. (Question 7 of 10)", 42},
    {"The answer is 42. See [1].", 42},
    {"The answer is 1/2.", 0.5},
    {"The answer is 1 / 2.", 0.5},
    {"The answer is five.", kNone},
    {"The answer is unknown.", kNone},
    {"Answer: N/A", kNone},
    {"Answer: between 41 and 42", kNone},
    {"Answer: 41 or 42", kNone},
    {"Answer: 41-42", kNone},
    {"I cannot solve this.", kNone},
    {"Answer:", kNone},
    // What stands below the answer's line, or behind its number, does not count.
    {"Answer: 42\n\n(This answer assumes 30 days in a month.)", 42},
    {"Answer: 42\n\nLet me know if you would like the answer explained in 3 steps.", 42},
    {"Answer: 7\n\nThe answer checks out in 2 ways.", 7},
    {"Answer: 7. The answer checks out in 2 ways.", 7},
    {"Answer: 109\n\nNote: question 2 has the answer 55 in the book.", 109},
    {"\\boxed{42}\n\nThe answer is given to 3 digits.", 42},
    {"#### 42\nThe answer is 3 times as much as before.", 42},
    {"Answer: 42\n\n#### Note 3", 42},
    {"**Final Answer**\n\n42\n\nThis answer took 3 steps.", 42},
    {"Answer: see below.\nThe answer is 42.", 42},
    {"Answer: 41\nLet me check: the answer is wrong.\n\\boxed{42}", 42},
    {"Answer: Mr. Smith has 42", 42},
    // Ways to type a number.
    {"Answer: \\frac34", 0.75},
    {"Answer: \\frac{-3}{4}", -0.75},
    {"Answer: \\frac 34", 0.75},
    {"\xC2\xBD", 0.5},
    {"Answer: 1\xC2\xBD", 1.5},
    {"Answer: - 5", -5},
    {"x = - 5", -5},
    {"The answer is - 5.", -5},
    {"The answer is\xE2\x80\x94"
     "5",
     5},
    {"The answer:\n- 5", 5},
    {"Answer: minus 5", -5},
    {"It fell to minus 5.", -5},
    {"Answer: negative 5", -5},
    {"We take 10 minus 5", 5},
    {"Answer: $1.5M", 1.5e6},
    {"Answer: $3bn", 3e9},
    {"Answer: 300K", 300},
    {"Answer: 5M", 5},
    {"Answer: 5k", 5000},
    {"Answer: 5kg", 5},
    {"Answer: 1.5 Million", 1.5e6},
    {"Answer: 1 000 000", 1e6},
    {"Answer: 10 000", 10000},
    {"Answer: 12 345", 12},
    {"Answer: 10\xC2\xB2", 100},
    {"Answer: 6 cm\xC2\xB2", 6},
    {"Answer: 5.4 \xC3\x97 10\xC2\xB2", 540},
    {"Final Answer: __18__", 18},
    {"Answer: _18_", 18},
    {"Answer: seven", 7},
    {"Answer: Zero.", 0},
    {"**Answer:** Twenty-one", 21},
    {"Answer: One Million", 1e6},
    {"Answer: one hundred and five", 105},
    {"Answer: one of them", kNone},
    {"Answer: There are 4 boxes with 5 each, so 20", 20},
    {"Answer: 42 apples, so 3 more than before", 42},
    {"Answer: x = 3 or x = 5", kNone},
    {"x = 3 or 5", kNone},
    {"Answer: 2:30", kNone},
    // A number right behind the mark wins over a later "=" that only explains it.
    {"The answer is 3 because x = 7.", 3},
    {"Answer: 3 (with x=7)", 3},
    {"Answer: 3 (x = 7)", 3},
    {"Answer: 3, since 2x = 14", 3},
    {"Answer: 3 * (2 + 1) = 9", 9},
    {"Answer: 3 apples + 4 apples = 7 apples", 7},
    {"Answer: 16 glasses * $4 = $64", 64},
    // Where the case comes first, what is said of it counts.
    {"Answer: For 16 glasses, Kylar pays $64.", 64},
    {"The answer is that 16 glasses cost $64.", 64},
    {"Answer: In 5 weeks, he runs 540 meters.", 540},
    {"Answer: With a discount of 10% the price is $90.", 90},
    {"Answer: For 16 glasses, Kylar pays $60 or $64.", kNone},
    {"Answer: after 5 days (120 hours)", 5},
    {"Answer: at 5 on day 3", 5},
    {"Answer: by 20", 20},
    {"Answer: from 3 to 5", kNone},
    // Nothing to read.
    {"", kNone},
    {"   ", kNone},
    {"forty-two", kNone},
    {"I do not know.", kNone},
    {"Sorry, this cannot be answered with certainty.", kNone},
    {"H2O", kNone},
    {"the 2nd", kNone},
    {"nan", kNone},
    {"inf", kNone},
    {"-", kNone},
    {"$", kNone},
    {"\\boxed{}", kNone},
    {"x", kNone},
    {"The answer is 41 or 42.", kNone},
    {"41 or 42", kNone},
    {"Answer: between 3 and 4", kNone},
    {"The answer is 3 to 5.", kNone},
};

static_assert(std::size(kNumberCases) >= 200);

TEST(NumberGrader, FindsTheNumberAnAnswerSettlesOn) { expect_readings(kNumberCases); }

TEST(NumberGrader, ParsesTheTruthAndNothingElse) {
  for (const std::string_view text : {"72", "-3", "$18", "1,000", "3/4", "12.50", "50%", "42 km"}) {
    EXPECT_TRUE(parse_typed_number(text).has_value()) << text;
  }
  for (const std::string_view text :
       {"", " ", "x", "Paris", "3 or 4", "1/2/2020", "nan", "12:30", "4th", "19th century"}) {
    EXPECT_FALSE(parse_typed_number(text).has_value()) << text;
  }
}

TEST(NumberGrader, KnowsTextsThatAreNoMoreThanANumber) {
  for (const std::string_view text : {"72",
                                      "-3",
                                      "$18",
                                      "1,000",
                                      "3/4",
                                      "12.50",
                                      "50%",
                                      "42 km",
                                      "\\frac{3}{4}",
                                      "$5$",
                                      "1e3",
                                      "12 apples",
                                      "60 miles per hour",
                                      "9.8 m/s^2",
                                      "6 cm\xC2\xB2",
                                      "12 square feet",
                                      "12 years old",
                                      "300 K",
                                      "5 kWh",
                                      "25\xC2\xB0"
                                      "C",
                                      "42.",
                                      "1.5 million",
                                      "$1.5M"}) {
    EXPECT_TRUE(is_number(text)) << text;
  }
  for (const std::string_view text :
       {"", "Paris", "19th century", "4th of July", "2nd Amendment", "4th", "3x+y", "2\\pi", "2 pi",
        "2\\sqrt{3}", "5x", "50 Cent", "7 deadly sins", "5!", "5+", "42km", "10-20", "2:30"}) {
    EXPECT_FALSE(is_number(text)) << text;
  }
}

TEST(NumberGrader, ComparesNumbersNotTheirSpelling) {
  struct Pair {
    const char* a;
    const char* b;
    bool same;
  };
  for (const auto& [a, b, same] :
       {Pair{"42", "42.000", true}, Pair{"0", "-0.0", true}, Pair{"1000", "1e3", true},
        Pair{"0.5", "1/2", true}, Pair{"0.333333333", "1/3", true}, Pair{"0.333", "1/3", false},
        Pair{"50%", "50", true}, Pair{"50%", "0.5", true}, Pair{"50%", "5", false},
        Pair{"50%", "0.5%", false}, Pair{"42", "-42", false}, Pair{"42", "42.001", false},
        Pair{"1000000", "1000000.5", true}, Pair{"0", "0.0000001", false}}) {
    SCOPED_TRACE(fmt::format("{} and {}", a, b));
    EXPECT_EQ(same_number(*parse_typed_number(a), *parse_typed_number(b)), same);
    EXPECT_EQ(same_number(*parse_typed_number(b), *parse_typed_number(a)), same);
  }
}

TEST(NumberGrader, APercentageIsNoShareOfTheSameDigits) {
  EXPECT_FALSE(same_number(*parse_typed_number("0.5%"), *parse_typed_number("0.5")));
  EXPECT_TRUE(same_number(*parse_typed_number("0.5%"), *parse_typed_number("0.005")));
  EXPECT_TRUE(same_number(*parse_typed_number("0.5"), *parse_typed_number("0.5%")))
      << "asked for percent";
  EXPECT_TRUE(same_number(*parse_typed_number("0%"), *parse_typed_number("0")));
}

TEST(NumberGrader, ReadsBackEveryNumberItIsTold) {
  Rng rng(5);
  for (int round = 0; round < 2'000; ++round) {
    const double value = (rng.uniform() - 0.5) * std::pow(10.0, static_cast<double>(rng.below(12)));
    const std::string text = fmt::format("{:.6f}", value);
    for (const char* manner : {"{}", "The answer is {}.", "\\boxed{{{}}}", "#### {}", "x = {}"}) {
      const std::string answer = fmt::format(fmt::runtime(manner), text);
      const NumberReading reading = read_number(answer);
      ASSERT_TRUE(reading.number.has_value()) << answer;
      ASSERT_DOUBLE_EQ(reading.number->value, std::stod(text)) << answer;
    }
  }
}

TEST(NumberGrader, HasAnAnswerForAnyBytes) {
  Rng rng(12);
  constexpr std::string_view kAlphabet = "0123456789,.-/%$e^{}\\ =answer is\nor";
  for (int round = 0; round < 20'000; ++round) {
    std::string answer(rng.below(24), ' ');
    for (char& c : answer) {
      c = rng.below(8) == 0 ? static_cast<char>(rng.below(256))
                            : kAlphabet[rng.below(kAlphabet.size())];
    }
    const NumberReading reading = read_number(answer);
    ASSERT_EQ(reading.reason.empty(), reading.number.has_value()) << answer;
    if (reading.number) {
      ASSERT_TRUE(std::isfinite(reading.number->value)) << answer;
    }
  }
}

}  // namespace
}  // namespace ooe::interview
