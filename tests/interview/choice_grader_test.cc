#include "interview/choice_grader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::interview {
namespace {

const std::vector<std::string> kCities = {"Berlin", "Madrid", "Paris", "Rome"};

struct ChoiceCase {
  const char* answer;
  char letter;  // 0: settles on none
};

// Answers to: What is the capital of France? A. Berlin B. Madrid C. Paris D. Rome
constexpr ChoiceCase kChoiceCases[] = {
    // Just the letter.
    {"C", 'C'},
    {"c", 'C'},
    {"C.", 'C'},
    {"c.", 'C'},
    {"C)", 'C'},
    {"c)", 'C'},
    {"(C)", 'C'},
    {"(c)", 'C'},
    {"[C]", 'C'},
    {"**C**", 'C'},
    {"*C*", 'C'},
    {"__C__", 'C'},
    {"`C`", 'C'},
    {"\"C\"", 'C'},
    {"'C'", 'C'},
    {"\xE2\x80\x9C"
     "C\xE2\x80\x9D",
     'C'},
    {"\xEF\xBC\x88"
     "C\xEF\xBC\x89",
     'C'},
    {" \n C \n", 'C'},
    {"C!", 'C'},
    {"$C$", 'C'},
    {"$\\boxed{C}$", 'C'},
    {"\\boxed{c}", 'C'},
    {"\\boxed{\\text{C}}", 'C'},
    {"\\[\\boxed{\\textbf{C}}\\]", 'C'},
    {"A", 'A'},
    {"a", 'A'},
    {"(a)", 'A'},
    // The letter and its text.
    {"C. Paris", 'C'},
    {"C) Paris", 'C'},
    {"(C) Paris", 'C'},
    {"C: Paris", 'C'},
    {"C - Paris", 'C'},
    {"C, Paris", 'C'},
    {"**C. Paris**", 'C'},
    {"**C) Paris**", 'C'},
    {"c) paris", 'C'},
    {"A. Berlin", 'A'},
    {"C. Paris\n\nParis has been the capital since 987.", 'C'},
    {"(C) because A is wrong and B is wrong.", 'C'},
    {"C\n\nExplanation: Paris is the capital of France. Madrid is Spain's.", 'C'},
    // The text alone.
    {"Paris", 'C'},
    {"paris.", 'C'},
    {"  PARIS!  ", 'C'},
    {"**Paris**", 'C'},
    {"It is Paris.", 'C'},
    {"The capital of France is Paris.", 'C'},
    {"Not Berlin: Paris.", 'C'},
    {"Berlin and Madrid are elsewhere, so the answer is Paris.", 'C'},
    // Announced.
    {"The answer is C", 'C'},
    {"The answer is C.", 'C'},
    {"The answer is (C).", 'C'},
    {"The answer is (c).", 'C'},
    {"The answer is c.", 'C'},
    {"the answer is **C**.", 'C'},
    {"The answer is: C", 'C'},
    {"Answer: C", 'C'},
    {"answer: c", 'C'},
    {"ANSWER: C", 'C'},
    {"Answer: C) Paris", 'C'},
    {"Answer: C. Paris is the capital.", 'C'},
    {"Answer:\nC", 'C'},
    {"**Answer:** C", 'C'},
    {"**Answer: C**", 'C'},
    {"**Final Answer:** (C) Paris", 'C'},
    {"### Final answer\n\nC", 'C'},
    {"Final answer: \\boxed{C}.", 'C'},
    {"The correct answer is C.", 'C'},
    {"The correct answer is option C.", 'C'},
    {"The correct answer is option (C), Paris.", 'C'},
    {"The correct option is C, Paris.", 'C'},
    {"The correct choice is therefore C.", 'C'},
    {"The correct answer to this question is C.", 'C'},
    {"My answer would be C.", 'C'},
    {"My choice is C.", 'C'},
    {"I choose C.", 'C'},
    {"I pick C because it is right.", 'C'},
    {"I would select option C.", 'C'},
    {"I'd go with C.", 'C'},
    {"It must be C.", 'C'},
    {"The others do not fit, so it must be C: Paris", 'C'},
    {"It's C.", 'C'},
    {"So, C is the correct answer.", 'C'},
    {"Option C is correct.", 'C'},
    {"C is correct.", 'C'},
    {"C is the best answer.", 'C'},
    {"C would be the most appropriate choice.", 'C'},
    {"I think C is right.", 'C'},
    {"I believe the answer is most likely C.", 'C'},
    {"Therefore, the answer is (C) Paris.", 'C'},
    {"Hence C.", 'C'},
    {"Thus, option C.", 'C'},
    {"The answer is A because Berlin is in Germany.", 'A'},
    {"The answer is A.", 'A'},
    {"Answer: A", 'A'},
    // The last statement wins.
    {"At first I thought the answer is B. But the answer is C.", 'C'},
    {"Answer: B. Wait, that is wrong. Answer: C", 'C'},
    {"The answer is A. No, the answer is D. Final answer: C", 'C'},
    {"\\boxed{B} Hmm, let me check again. \\boxed{C}", 'C'},
    {"B\n\nOn reflection, the correct answer is C.", 'C'},
    // The others are ruled out first.
    {"A is wrong, so B", 'B'},
    {"A is wrong, B is wrong, D is wrong. C is correct.", 'C'},
    {"A is incorrect because Berlin is in Germany. The answer is C.", 'C'},
    {"Not A", 0},
    {"Not A but C.", 'C'},
    {"The answer is not A but C.", 'C'},
    {"The answer is not B. The answer is C.", 'C'},
    {"A can be ruled out. B cannot be right. D is in Italy. So the answer is C.", 'C'},
    {"I can rule out A, and B is false. D is wrong too. That leaves C.", 'C'},
    {"Option A looks tempting at first, but it does not hold when checked.\n\nThe answer is C.",
     'C'},
    {"Going through them, B can be ruled out because it is Spain.\n\nFinal answer: (C) Paris", 'C'},
    {"A) Berlin: wrong, that is Germany.\nB) Madrid: wrong, Spain.\nC) Paris: yes.\nD) Rome: "
     "wrong.\n\n"
     "Answer: C",
     'C'},
    {"The answer is B, not C.", 'B'},
    {"C, not B.", 'C'},
    {"C rather than B is the answer.", 'C'},
    {"Since A, B and D are all in other countries, the correct answer is C.", 'C'},
    {"Let us think step by step.\n1. A is in Germany.\n2. D is in Italy.\n\nSo the answer is "
     "\\boxed{C}.",
     'C'},
    // Open or empty.
    {"", 0},
    {"   ", 0},
    {"I would say B or C", 0},
    {"B or C", 0},
    {"B/C", 0},
    {"Either B or C.", 0},
    {"The answer is B or C.", 0},
    {"The answer is A or B", 0},
    {"Answer: B and C", 0},
    {"It could be B or C; both seem possible.", 0},
    {"It could be A or D; both seem possible.", 0},
    {"Berlin or Paris.", 0},
    {"A. Berlin B. Madrid C. Paris D. Rome", 0},
    {"A) Berlin\nB) Madrid\nC) Paris\nD) Rome", 0},
    {"I do not know.", 0},
    {"I cannot answer this question.", 0},
    {"Sorry, this cannot be answered with certainty.", 0},
    {"The information given does not settle this question.", 0},
    {"There is not enough context here to decide.", 0},
    {"None of the above.", 0},
    {"E", 0},
    {"The answer is E.", 0},
    {"London", 0},
    // As models of all kinds end their pages.
    {"Let's work through this.\n\nFrance's capital is Paris, which is option C.", 'C'},
    {"<think>Berlin is German, Madrid Spanish, Rome Italian.</think>\nC", 'C'},
    {"<think>\nCould be A? No, that is Berlin. So C.\n</think>\n\n**C. Paris**", 'C'},
    {"## Solution\n\nParis is the capital.\n\n## Final Answer\n\n**C**", 'C'},
    {"**Correct Answer: C) Paris**", 'C'},
    {"**Correct answer:** **C**", 'C'},
    {"Correct option: (C)", 'C'},
    {"Correct choice: C", 'C'},
    {"The right answer is C.", 'C'},
    {"The best answer here is C.", 'C'},
    {"The most accurate answer is: **C) Paris**.", 'C'},
    {"So the final answer is $\\boxed{\\text{C}}$.", 'C'},
    {"$\\boxed{\\mathrm{C}}$", 'C'},
    {"$\\boxed{\\textbf{(C)}\\ \\text{Paris}}$", 'C'},
    {"\\boxed{C) Paris}", 'C'},
    {"\\boxed{\\text{Paris}}", 'C'},
    {"Answer - C", 'C'},
    {"Ans: C", 'C'},
    {"ans. (c)", 'C'},
    {"Option C", 'C'},
    {"option (c)", 'C'},
    {"Choice C.", 'C'},
    {"Letter C", 'C'},
    {"C is the answer.", 'C'},
    {"C is the correct one.", 'C'},
    {"(C) is correct.", 'C'},
    {"C, because it lies on the Seine.", 'C'},
    {"C; the others are capitals of other countries.", 'C'},
    {"Sure! The answer is C. Let me know if you have other questions.", 'C'},
    {"I'm confident that the answer is C.", 'C'},
    {"I am going with C.", 'C'},
    {"My final answer: C", 'C'},
    {"I'll say C.", 'C'},
    {"Therefore, the correct answer is:\n\nC. Paris", 'C'},
    {"Therefore, the correct answer is:\n\n(C)", 'C'},
    {"The answer is:\n\n**C**", 'C'},
    {"The answer would be C, I believe.", 'C'},
    {"It has to be C.", 'C'},
    {"Answer: C\nConfidence: 95%", 'C'},
    {"Answer: C\n\nExplanation: A, B and D are the capitals of Germany, Spain and Italy.", 'C'},
    {"{\"answer\": \"C\"}", 'C'},
    {"{\"reasoning\": \"Paris is in France\", \"answer\": \"C\"}", 'C'},
    {"```\nC\n```", 'C'},
    {"Answer: `C`", 'C'},
    {"Answer: <C>", 'C'},
    {"[Answer: C]", 'C'},
    {"A: C", 'C'},
    {"D.", 'D'},
    {"The answer is (D) Rome.", 'D'},
    {"B) Madrid", 'B'},
    // Meant to mislead.
    {"A common mistake is to choose A. The answer is C.", 'C'},
    {"Many people would pick B, but the correct answer is C.", 'C'},
    {"Although B is a capital, the answer is C.", 'C'},
    {"Between B and C, C is correct.", 'C'},
    {"B and D are wrong. The answer is C.", 'C'},
    {"The answer cannot be A, B or D, so it is C.", 'C'},
    {"It is not D. It is C.", 'C'},
    {"If the question were about Spain, the answer would be B. It is about France: the answer is "
     "C.",
     'C'},
    {"The answer is C, not A, B or D.", 'C'},
    {"The answer is neither A nor B. It is C.", 'C'},
    {"Answer: A or C", 0},
    {"Answer: A, C", 0},
    {"Answer: A and C", 0},
    {"Either (A) or (C).", 0},
    {"The correct answers are B and C.", 0},
    {"All of the above.", 0},
    {"The answer is not C.", 0},
    {"Answer: none", 0},
    {"Answer:", 0},
    {"Answer: ?", 0},
    {"As an AI language model, I cannot choose.", 0},
    {"I need more information.", 0},
    {"A, B, C, D", 0},
    {"ABCD", 0},
    {"Answer: ABC", 0},
    // What stands below or behind the answer's line does not count.
    {"Answer: C. Option A would be correct if the question asked about Germany.", 'C'},
    {"Answer: C\n\nExplanation: A is correct only for Germany.", 'C'},
    {"Answer: C\n\nA common mistake is to choose B.", 'C'},
    {"Answer: C\n\nChoosing A would confuse Germany with France.", 'C'},
    {"Answer: C\n(If you selected B, review Spain.)", 'C'},
    {"Answer: C\n\nIf it had been about Germany, the answer would be A.", 'C'},
    {"Final answer: C\n\nB is the right choice only for Spain.", 'C'},
    {"**Answer:** C\n\nThe answer is not A. Many pick B.\n\nB", 'C'},
    {"## Answer\n\n**C**\n\nIn Spain the answer is B.", 'C'},
    {"\\boxed{C}\n\nIn Spain the answer is B.", 'C'},
    {"Answer: Paris\n\nIn Spain the answer is B.", 'C'},
    {"Answer: Paris (C)", 'C'},
    {"Answer: none of them fits well.\nSo the answer is C.", 'C'},
    {"Answer: B? No. Answer: C", 'C'},
    {"Answer: not A but C", 'C'},
    {"Answer: C (not B)", 'C'},
    {"Answer: between A and C\nThe answer is C", 0},
    // Nor does what is said of another question, or hedged.
    {"C is right; if it were Spain, B would be correct.", 'C'},
    {"The answer is C. A common mistake is to choose B.", 'C'},
    {"The answer is C. Choosing A would confuse Germany with France.", 'C'},
    {"The answer is C. (If you selected B, review Spain.)", 'C'},
    {"The correct answer is C. B is the right choice only for Spain.", 'C'},
    {"If we look at the map, the answer would be C.", 'C'},
    {"I'm not sure. It could be A. It could be C.", 0},
    {"It could be A. But the answer is C.", 'C'},
    {"The answer is C. It could also be A.", 'C'},
    {"It could be C.", 'C'},
    // Other languages.
    {"\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF"
     "C",
     'C'},
    {"\xE6\x89\x80\xE4\xBB\xA5\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF"
     "A\xE3\x80\x82",
     'A'},
    {"\xE6\x95\x85\xE9\x80\x89"
     "C",
     'C'},
    {"La respuesta correcta es C.", 'C'},
    {"Die richtige Antwort ist C.", 'C'},
    {"La r\xC3\xA9ponse est C) Paris", 'C'},
    {"Clearly C", 'C'},
    // Lists that say of each what it is.
    {"A - incorrect, B - incorrect, C - correct, D - incorrect", 'C'},
    {"B - incorrect, C - correct", 'C'},
    {"A. Berlin - incorrect\nB. Madrid - incorrect\nC. Paris - correct\nD. Rome - incorrect", 'C'},
    {"A) Incorrect: Germany.\nB) Incorrect: Spain.\nC) Correct: France.\nD) Incorrect: Italy.",
     'C'},
    {"Option A: wrong.\nOption B: wrong.\nOption C: right.\nOption D: wrong.", 'C'},
    {"A - correct\nB - incorrect\nC - correct\nD - incorrect", 0},
    {"A - incorrect\nB - incorrect", 0},
    // Letters that are no choices.
    {"A capital is a city.", 0},
    {"A good question! A city in France.", 0},
    {"Vitamin C helps, but who knows.", 0},
    {"It was 25 C in the U.S.A. and C++ was on sale.", 0},
    {"A city: Paris.", 'C'},
    {"A large city on the Seine, so C.", 'C'},
    {"Plan B was Paris, and the answer is C.", 'C'},
    {"The answer is a city.", 0},
};

static_assert(std::size(kChoiceCases) >= 200);

TEST(ChoiceGrader, FindsTheChoiceAnAnswerSettlesOn) {
  for (const auto& [answer, letter] : kChoiceCases) {
    SCOPED_TRACE(answer);
    const ChoiceReading reading = read_choice(answer, kCities);
    EXPECT_EQ(reading.letter.value_or(0), letter);
    EXPECT_EQ(reading.reason.empty(), reading.letter.has_value());
  }
}

TEST(ChoiceGrader, ANumberIsNoPartOfAnother) {
  const std::vector<std::string> numbers = {"12", "15", "18", "20"};
  const std::string list = "A. 12\nB. 15\nC. 18\nD. 20\n\n";
  EXPECT_EQ(read_choice(list + "The answer is 18.", numbers).letter, 'C');
  EXPECT_EQ(read_choice("The answer is 18.", numbers).letter, 'C');
  for (const char* other : {"The answer is 18.5.", "The answer is 0.18.", "The answer is -18.",
                            "The answer is 18,000."}) {
    EXPECT_FALSE(read_choice(other, numbers).letter.has_value()) << other;
    EXPECT_FALSE(read_choice(list + other, numbers).letter.has_value()) << other;
  }
}

TEST(ChoiceGrader, ChoicesThatContainOneAnotherAreToldApart) {
  const std::vector<std::string> gases = {"Carbon", "Carbon dioxide", "Dioxide of carbon", "Neon"};
  EXPECT_EQ(read_choice("It is carbon dioxide.", gases).letter, 'B');
  EXPECT_EQ(read_choice("Carbon", gases).letter, 'A');
  EXPECT_FALSE(read_choice("Carbon dioxide and neon", gases).letter.has_value());
}

TEST(ChoiceGrader, ChoicesThatAreNumbersMayBeSaid) {
  const std::vector<std::string> numbers = {"0", "1", "2", "12"};
  EXPECT_EQ(read_choice("2", numbers).letter, 'C');
  EXPECT_EQ(read_choice("The answer is 12.", numbers).letter, 'D');
  EXPECT_EQ(read_choice("1 + 1 = 2, so the answer is C", numbers).letter, 'C');
  EXPECT_FALSE(read_choice("21", numbers).letter.has_value());
}

TEST(ChoiceGrader, TheResultOfASumIsWhatItSays) {
  const std::vector<std::string> sums = {"2", "4", "14", "44"};
  EXPECT_EQ(read_choice("2 + 2 = 4", sums).letter, 'B');
  EXPECT_EQ(read_choice("Answer: 2 + 2 = 4", sums).letter, 'B');
  EXPECT_FALSE(read_choice("x = 2 or 4", sums).letter.has_value());
}

TEST(ChoiceGrader, TellsThePronounFromTheNinthChoice) {
  const std::vector<std::string> greek = {"alpha", "beta", "gamma", "delta", "epsilon",
                                          "zeta",  "eta",  "theta", "iota",  "kappa"};
  for (const char* answer :
       {"The answer is B, so I would pick that.", "The answer is B. Thus I can conclude.",
        "B. I must say that this is clear.", "I would say the answer is B", "I think it's B.",
        "The answer is B. So I was right.", "The answer is B. So I am sure.",
        "Answer: B. So I would rule out the rest."}) {
    EXPECT_EQ(read_choice(answer, greek).letter, 'B') << answer;
  }
  for (const char* answer : {"Answer: I", "I", "The answer is I.", "(I) would be right",
                             "The answer is **I**", "I is correct.", "I) iota"}) {
    EXPECT_EQ(read_choice(answer, greek).letter, 'I') << answer;
  }
}

TEST(ChoiceGrader, KnowsTheLettersOfAChoicesOwnText) {
  const std::vector<std::string> germs = {"Staphylococcus", "E. coli", "Salmonella", "Listeria",
                                          "Vibrio"};
  EXPECT_EQ(read_choice("Answer: E. coli", germs).letter, 'B');
  EXPECT_EQ(read_choice("The answer is E. coli.", germs).letter, 'B');
  EXPECT_EQ(read_choice("B. E. coli", germs).letter, 'B');
  EXPECT_EQ(read_choice("Answer: E. Vibrio", germs).letter, 'E');
  EXPECT_EQ(read_choice("Answer: E. because it moves", germs).letter, 'E');
  const std::vector<std::string> vitamins = {"Vitamin C", "Vitamin B", "Vitamin A", "Vitamin D"};
  EXPECT_EQ(read_choice("Answer: Vitamin C", vitamins).letter, 'A');
  EXPECT_EQ(read_choice("The answer is vitamin C", vitamins).letter, 'A');
  EXPECT_EQ(read_choice("Answer: C", vitamins).letter, 'C');
  const std::vector<std::string> bases = {"A catalyst", "An acid", "A base", "A salt"};
  EXPECT_EQ(read_choice("Answer: A base", bases).letter, 'C');
  EXPECT_EQ(read_choice("Answer: A", bases).letter, 'A');
  const std::vector<std::string> names = {
      "O\xE2\x80\x99"
      "Brien",
      "Smith"};
  EXPECT_EQ(read_choice("It was O'Brien.", names).letter, 'A');
}

TEST(ChoiceGrader, KnowsAsManyLettersAsThereAreChoices) {
  EXPECT_FALSE(read_choice("The answer is D.", std::span(kCities).first(3)).letter.has_value());
  const std::vector<std::string> many(26, "x");
  EXPECT_EQ(read_choice("Z", many).letter, 'Z');
  EXPECT_EQ(read_choice("The answer is I.", many).letter, 'I');
  EXPECT_FALSE(read_choice("I think not.", many).letter.has_value());
  EXPECT_FALSE(read_choice("C", {}).letter.has_value());
}

TEST(ChoiceGrader, HasAnAnswerForAnyBytes) {
  Rng rng(11);
  constexpr std::string_view kAlphabet = "ABCDabcd ().,:*\\{}\n'is not or answer";
  for (int round = 0; round < 20'000; ++round) {
    std::string answer(rng.below(24), ' ');
    for (char& c : answer) {
      c = rng.below(8) == 0 ? static_cast<char>(rng.below(256))
                            : kAlphabet[rng.below(kAlphabet.size())];
    }
    const ChoiceReading reading = read_choice(answer, kCities);
    ASSERT_EQ(reading.reason.empty(), reading.letter.has_value()) << answer;
    if (reading.letter) {
      ASSERT_TRUE(*reading.letter >= 'A' && *reading.letter <= 'D');
    }
  }
}

}  // namespace
}  // namespace ooe::interview
