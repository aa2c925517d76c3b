#include "privacy/check_digits.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::privacy {
namespace {

struct CheckDigitCase {
  const char* name;
  std::function<bool(std::string_view)> valid;
  std::string number;  // published examples, or worked by hand
  bool catches_every_digit = true;
};

std::vector<CheckDigitCase> cases() {
  return {{"card", luhn, "4111111111111111"},
          {"IBAN", [](std::string_view s) { return mod_97(s) == 1; }, "370400440532013000131489"},
          {"German tax id", iso_7064_mod_11_10, "47036892816"},
          {"Croatian OIB", iso_7064_mod_11_10, "69435151530"},
          {"NHS", nhs_number, "9434765919"},
          {"French NIR", french_nir_15, "185057800608491"},
          {"Dutch BSN", dutch_bsn_9, "111222333"},
          {"Polish PESEL", polish_pesel_11, "44051401359"},
          {"Belgian number", belgian_number_11, "85073003328"},
          {"Swedish number", swedish_number_10, "8112289874"},
          {"Portuguese NIF", portuguese_nif_9, "123456789"},
          {"Austrian SVNR", austrian_svnr_10, "1237010180"},
          {"Romanian CNP", romanian_cnp_13, "1800101221144", false},
          {"Czech number", czech_number_10, "7360285163"},
          {"Greek AMKA", greek_amka_11, "01018012342"},
          {"Estonian code", baltic_code_11, "37605030299", false},
          {"Bulgarian EGN", bulgarian_egn_10, "7523169263", false}};
}

TEST(CheckDigits, AcceptTheExampleAndCatchAChangedDigit) {
  for (const CheckDigitCase& c : cases()) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(c.valid(c.number));
    int caught = 0;
    int changes = 0;
    for (std::size_t place = 0; place < c.number.size(); ++place) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        if (digit == c.number[place]) continue;
        std::string changed = c.number;
        changed[place] = digit;
        ++changes;
        caught += c.valid(changed) ? 0 : 1;
      }
    }
    // The remainder 10 has no digit of its own in some schemes: two numbers then share a digit.
    EXPECT_GE(caught, c.catches_every_digit ? changes - 3 : changes * 9 / 10) << changes;
  }
}

TEST(CheckDigits, UsNumbersLieInIssuedRanges) {
  for (const char* number : {"001010001", "665010001", "899999999", "900700001", "999880001"}) {
    EXPECT_TRUE(us_number(number)) << number;
  }
  for (const char* number :
       {"000121234", "666121234", "123001234", "123120000", "900121234", "999890001"}) {
    EXPECT_FALSE(us_number(number)) << number;
  }
}

TEST(CheckDigits, LettersBelongToTheirDigits) {
  EXPECT_EQ(spanish_letter("12345678"), 'Z');
  EXPECT_EQ(spanish_letter("01234567"), 'L');  // X1234567L
  EXPECT_EQ(finnish_letter("131052308"), 'T');
  EXPECT_EQ(irish_letter("1234567", '\0'), 'T');
  EXPECT_EQ(irish_letter("1234567", 'A'), 'F');  // (112 + 9) mod 23 = 6
  EXPECT_TRUE(italian_code("RSSMRA85T10A562S"));
  EXPECT_FALSE(italian_code("RSSMRA85T10A562T"));
}

TEST(CheckDigits, DaysEndWithTheirMonths) {
  EXPECT_TRUE(day_and_month("29", "02"));
  EXPECT_FALSE(day_and_month("30", "02"));
  EXPECT_FALSE(day_and_month("31", "11"));
  EXPECT_FALSE(day_and_month("00", "01"));
  EXPECT_FALSE(day_and_month("10", "13"));
}

}  // namespace
}  // namespace ooe::privacy
