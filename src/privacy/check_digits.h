// Check digits: what tells a number somebody was given from any other number of its length. Pure;
// digits come as text, '0' to '9' only, without separators.
// Source: each function names its own.
#pragma once

#include <string_view>

namespace ooe::privacy {

// Source: ISO/IEC 7812-1, annex B; also Swedish and Greek personal numbers.
[[nodiscard]] bool luhn(std::string_view digits);

// The remainder by 97 of a number in which letters stand for 10 to 35, whatever their case.
// Source: ISO/IEC 7064 MOD 97-10, used by IBAN (ISO 13616), the French NIR and the Belgian number.
[[nodiscard]] int mod_97(std::string_view letters_and_digits);

// The last digit checks the others. Source: ISO/IEC 7064 MOD 11,10; German tax id, Croatian OIB.
[[nodiscard]] bool iso_7064_mod_11_10(std::string_view digits);

// Requires: 10 digits. Source: NHS Data Dictionary, "NHS number".
[[nodiscard]] bool nhs_number(std::string_view digits);

// Area, group and serial in issued ranges, as an SSN or as an ITIN. Requires: 9 digits.
// Source: SSA, randomisation of 2011; IRS publication 1915.
[[nodiscard]] bool us_number(std::string_view digits);

// Requires: the number of digits of the country's number, which the name says.
[[nodiscard]] bool french_nir_15(std::string_view digits);
[[nodiscard]] bool dutch_bsn_9(std::string_view digits);
[[nodiscard]] bool polish_pesel_11(std::string_view digits);
[[nodiscard]] bool belgian_number_11(std::string_view digits);
[[nodiscard]] bool swedish_number_10(std::string_view digits);
[[nodiscard]] bool danish_cpr_10(
    std::string_view digits);  // a date only: no check digit since 2007
[[nodiscard]] bool portuguese_nif_9(std::string_view digits);
[[nodiscard]] bool austrian_svnr_10(std::string_view digits);
[[nodiscard]] bool romanian_cnp_13(std::string_view digits);
[[nodiscard]] bool czech_number_10(std::string_view digits);
[[nodiscard]] bool greek_amka_11(std::string_view digits);
[[nodiscard]] bool baltic_code_11(std::string_view digits);  // Estonia and Lithuania
[[nodiscard]] bool bulgarian_egn_10(std::string_view digits);

// The letter that belongs to the digits. Source: Spanish DNI and NIE (X, Y, Z read as 0, 1, 2);
// Finnish henkilotunnus, of date and serial; Irish PPS.
[[nodiscard]] char spanish_letter(std::string_view digits);
[[nodiscard]] char finnish_letter(std::string_view digits);
// Requires: 7 digits; `second` is the letter after the check letter, or 0.
[[nodiscard]] char irish_letter(std::string_view digits, char second);

// Requires: 16 upper-case letters and digits. Source: Italian decree of 23 December 1976.
[[nodiscard]] bool italian_code(std::string_view code);

// Day and month exist, in any year.
[[nodiscard]] bool day_and_month(std::string_view day, std::string_view month);

}  // namespace ooe::privacy
