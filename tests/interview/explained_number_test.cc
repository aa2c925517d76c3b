// Numbers that come with reasons, sums, asides and denials: which of them the answer is.
#include <gtest/gtest.h>

#include "tests/interview/number_cases.h"

namespace ooe::interview {
namespace {

// What explains a number, or is a case of it, is told from sums and asides.
constexpr NumberCase kSums[] = {
    {"Answer: 3 boxes with 4 pens each = 12 pens", 12.0},
    {"The answer is 20 from the first shop + 30 from the second = 50.", 50.0},
    {"Answer: 12 apples from John + 5 = 17", 17.0},
    {"Answer: 10 from A and 5 from B = 15", 15.0},
    {"Answer: 20 (from red) + 15 (from blue) = 35", 35.0},
    {"The answer is 5 eggs a day if 4 days = 20 eggs", 20.0},
    {"Answer: In total she needs 150 eggs, 50 a day.", 150.0},
    {"Answer: In total, 150 eggs are needed over 3 days.", 150.0},
    {"The answer is: in the end she has $150, having spent $30.", 150.0},
    {"Answer: With tax, it costs $54, or $4 more.", 54.0},
    {"**Answer:** After the sale, Tom has 150 marbles, 30 fewer than Ann.", 150.0},
    {"#### In total 150, that is 3 * 50", 150.0},
    {"The answer is that 7 of 10 remain.", 7.0},
    {"The final answer is that it takes 150 minutes, or 2.5 hours.", 150.0},
    {"The final answer is that Tom has 150 marbles and Ann 30.", 150.0},
    {"The answer is 3 because x = 7.", 3.0},
    {"Answer: 3 (with x=7)", 3.0},
    {"Answer: For 16 glasses, Kylar pays $64.", 64.0},
    {"The answer is that 16 glasses cost $64.", 64.0},
};

TEST(NumberGrader, TakesSumsForSumsAndAsidesForAsides) { expect_readings(kSums); }

// The number comes first, and an equation behind it says why, checks it, or converts it.
constexpr NumberCase kExplained[] = {
    {"Answer: 5 because 5 * 3 = 15", 5},
    {"The answer is 5, because 5 * 3 = 15.", 5},
    {"The answer is 4 since 4 x 25 = 100", 4},
    {"Answer: 5 apples because 12 - 7 = 5", 5},
    {"Answer: She has 5 apples, since 5 + 7 = 12.", 5},
    {"Answer: 5, as 5 + 7 = 12", 5},
    {"Answer: 5, given that 5 + 7 = 12", 5},
    {"Answer: 5, check: 5 * 3 = 15", 5},
    {"Answer: 4 (4 x 25 = 100)", 4},
    {"Answer: 4 (4 \xC3\x97 25 = 100)", 4},
    {"Answer: 5 (check: 5 + 7 = 12)", 5},
    {"Answer: $4 (25 * $4 = $100)", 4},
    {"Answer: 5 boxes (5 * 3 = 15 pens) in total", 5},
    {"#### 5 (5+7=12)", 5},
    {"\\boxed{5} because 5 * 3 = 15", 5},
    {"Answer: x = 5 because 5 * 3 = 15", 5},
    {"Answer: x = 5 (5 * 3 = 15)", 5},
    {"The answer is 3 * 5 = 15 because 15 / 3 = 5.", 15},
    {"Answer: For 16 glasses, Kylar pays $64, since 16 * 4 + 0 = 64 + 0.", 64},
    {"Answer: 4 since 4 * 25 = 100, so 100 is reached", 4},
    {"Answer: 2 hours = 120 minutes", 2},
    {"Answer: 5 squared = 25", 25},
    {"Answer: 6 dozen = 72", 72},
    {"The answer is 3 cubed = 27.", 27},
    {"#### 7 doubled = 14", 14},
    {"Answer: 2 inspectors check 6 cars each = 12 cars", 12},
    {"Answer: 120 minutes = 2 hours", 120},
    {"Answer: 18 = 9 * 2", 18},
    {"Answer: 18 = 9 * 2 = 20 - 2", 18},
    {"Answer: $5.00 = 500 cents", 5},
    {"Answer: 0.5 kg = 500 g", 0.5},
    {"Answer: 36 km/h = 10 m/s", 36},
    {"Answer: 1.5 hours (1.5 \xC3\x97 60 = 90 minutes)", 1.5},
    {"Answer: 7 since $7^2 = 49$", 7},
    {"Answer: -5, because -5 + 8 = 3", -5},
    {"Answer: 25 - 7 = 18 (check: 18 + 7 = 25)", 18},
    {"#### 12 eggs = 1 dozen", 12},
    {"Answer: 5 = x", 5},
    {"Answer: 18 (= 9 * 2)", 18},
    // Of a sum, what it comes to.
    {"Answer: 3 + 4 = 7", 7},
    {"Answer: 9/3 = 3.0", 3},
    {"Answer: 9/3 = 4", 4},
    {"Answer: 2^3 = 9", 9},
    {"Answer: 5! = 120", 120},
    {"Answer: 2x = 14", 14},
    {"Answer: 2 x = 14", 14},
    {"Answer: 3 a = 12", 12},
    {"Answer: 25% of 80 = 20", 20},
    {"Answer: 10 from A and 5 from B = 15", 15},
    {"Answer: 10 as well as 5 = 15", 15},
    {"Answer: 2 times as much as 5 = 10", 10},
    {"Answer: 20 (4 * 5 = 20) + 15 = 35", 35},
    {"Answer: 20 (5 + 15 = 20) + 15 (10 + 5 = 15) = 35", 35},
    {"Answer: P(X = 3) = 0.5", 0.5},
    {"Answer: 2 * (3 + 4) = 14", 14},
    {"Answer: The total is 5 + 7 = 12 dollars, of which 5 is tax", 12},
    {"Since 2x = 14, the answer is 7.", 7},
    {"Answer: since 2x = 14, x = 7", 7},
    {"2 hours = 120 minutes", 120},
};

TEST(NumberGrader, TellsAnAnswerFromTheEquationThatExplainsIt) { expect_readings(kExplained); }

constexpr NumberCase kDenied[] = {
    {"The answer isn't 18. It is 12.", 12},
    {"The answer isn't 18.", kNone},
    {"The answer is not 18; it is 12.", 12},
    {"The answer is not 18 but 12", 12},
    {"The answer is definitely not 18.", kNone},
    {"The answer can't be 18, it must be 12.", 12},
    {"The answer cannot be 18.", kNone},
    {"The answer can not be equal to $18.", kNone},
    {"The answer isn't: 18", kNone},
    {"The answer is unlikely to be 18.", kNone},
    {"The answer is no longer 18 but 12.", 12},
    {"The answer should not be 18.", kNone},
    {"I don't think the answer is 18.", kNone},
    {"I doubt that it is 18.", kNone},
    {"Answer: none, as x = 18 is impossible", kNone},
    {"I do not know. It is 18.", 18},
    {"Answer: not 18", kNone},
    {"Answer: not 18 but 12", 12},
    {"Answer: It can\xE2\x80\x99t be 18. It is 12.", 12},
    {"Answer: 12, not 18", 12},
    {"Answer: 12 rather than 18", 12},
    {"Answer: 18? No, 12.", 12},
    {"Answer: 18. Wait, it is 12.", 12},
    {"Answer: 18. No wait, 12.", 12},
    {"Answer: 18. No units are needed in step 3.", 18},
    {"Answer: 18? I checked 3 times.", 18},
    {"It's 12, not 18.", 12},
    {"It is 12 instead of 18.", 12},
    {"It is 12 and neither 18 nor 20.", 12},
    {"It comes to 12. It is not 18.", 12},
    {"18 is wrong; the answer is 12", 12},
    {"It is 12. 18 is wrong.", 12},
    {"x != 18", kNone},
    {"x \xE2\x89\xA0 18", kNone},
    {"It is not 18.", kNone},
    // What is denied is something else.
    {"It is not more than 18.", 18},
    {"She does not pay the 2 others, which leaves 18.", 18},
    {"The answer to this, which isn't easy, is 18.", 18},
    {"It is not easy: 18", 18},
    {"Not only 18 of them came.", 18},
};

TEST(NumberGrader, WhatAnAnswerDeniesIsNotItsNumber) { expect_readings(kDenied); }

}  // namespace
}  // namespace ooe::interview
