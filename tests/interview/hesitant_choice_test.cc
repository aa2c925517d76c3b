// Choices that are hedged, supposed, ruled out or repeated: which of them the answer is.
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "interview/choice_grader.h"

namespace ooe::interview {
namespace {

struct HesitantCase {
  const char* answer;
  char letter;  // 0: settles on none
};

void expect_readings(std::span<const HesitantCase> cases, const std::vector<std::string>& choices) {
  for (const auto& [answer, letter] : cases) {
    SCOPED_TRACE(answer);
    const ChoiceReading reading = read_choice(answer, choices);
    EXPECT_EQ(reading.letter.value_or('0'), letter == 0 ? '0' : letter);
    EXPECT_EQ(reading.reason.empty(), reading.letter.has_value());
  }
}

// Answers to: Which of these is ...? A. Rome B. Paris C. Bonn D. Oslo
constexpr HesitantCase kHesitant[] = {
    // What is stated beats what is hedged or supposed, wherever either stands.
    {"It could be B, but it is C.", 'C'},
    {"It might be B. It is C.", 'C'},
    {"It is C, though it could be B.", 'C'},
    {"It is C", 'C'},
    {"It's C.", 'C'},
    {"That is C.", 'C'},
    {"Therefore, it is (C).", 'C'},
    {"It could be B. It must be C.", 'C'},
    {"It could be B, but the correct one is C.", 'C'},
    {"B could be right, but C is.", 'C'},
    {"At first it could be B, but it is option C.", 'C'},
    {"If it were Spain, B would be right, but it is C.", 'C'},
    {"At first it could be B; so it is C.", 'C'},
    {"It is B. Actually, it is C.", 'C'},
    {"I would say B, no wait, C.", 'C'},
    {"Option C looks right at first, but it is B.", 'B'},
    {"It is either A or B. Since A is in Italy, B.", 'B'},
    {"The correct answer is (B) Rome. You might think A, but no.", 'B'},
    {"The answer is B. Some say C.", 'B'},
    {"Answer: It could be B, but it is C.", 'C'},
    {"Answer: B, no wait, C.", 'C'},
    {"A common mistake is to choose B, but it is C.", 'C'},
    // Nor does a guess beside another letter settle anything.
    {"It could be B. C is in Germany.", 0},
    {"You might think A. Is it C?", 0},
    {"If it is B, the map would be wrong. C is far away.", 0},
    {"If it were Spain, it would be A, but B would be right for Norway.", 0},
    // What is said of another question is no statement.
    {"The answer is C. In Spain, it is B.", 'C'},
    {"The answer is C. For Spain it is B.", 'C'},
    {"The answer is C. If you mean Spain, it is B.", 'C'},
    {"The answer is C. Is it B?", 'C'},
    {"The answer is C. Many believe that it is B.", 'C'},
    {"I do not know what C is.", 0},
    {"The answer is B. There is no C.", 'B'},
    // All but one are ruled out.
    {"A is wrong. C is wrong. D is wrong.", 'B'},
    {"A, C and D are wrong.", 'B'},
    {"We can rule out A, C and D.", 'B'},
    {"Not A, not C, not D.", 'B'},
    {"Options A, C, and D can be eliminated.", 'B'},
    {"Options A, C, and D can be eliminated, so B.", 'B'},
    {"A, C and D are all incorrect, so the answer is the remaining one.", 'B'},
    {"A is wrong because it is Italy. C is wrong because it is Germany. D is wrong because it is "
     "Norway. So only B remains.",
     'B'},
    {"A is wrong. C is wrong.", 0},
    {"A is wrong. B is wrong. C is wrong. D is wrong.", 0},
    {"A is wrong. C is wrong. D is wrong. None of them is right.", 0},
    {"We cannot rule out A, C and D.", 0},
    {"It is hard to rule out A, C or D.", 0},
    {"A, C and D are impossible to rule out.", 0},
    {"A, C and D are wrong only in Spain.", 0},
    {"A is not wrong. C is not wrong. D is not wrong.", 0},
    {"A, C and D are not so obvious at first, yet they follow.", 0},
    {"A might be wrong. C might be wrong. D might be wrong.", 0},
    {"Is A wrong? Is C wrong? Is D wrong?", 0},
    {"If A, C and D are wrong, there is a typo.", 0},
    {"A is false. C is false. D is false.", 0},  // perhaps the question asks for a falsehood
    // Lists and headings.
    {"A. Paris: This is incorrect because it is far away.\nB. Rome: This is correct.\nC. Bonn: "
     "This is incorrect.\nD. Oslo: This is incorrect.",
     'B'},
    {"A. Rome: This is not correct.\nC. Bonn: This is incorrect.", 0},
    {"**Conclusion**: B", 'B'},
    {"## Conclusion\n\nB", 'B'},
    // The same of the choices' texts.
    {"It could be Paris, but it is Bonn.", 'C'},
    {"It might be Paris. It is Bonn.", 'C'},
    {"If it were France, Paris would be right, but it is Bonn.", 'C'},
    {"It is Bonn.", 'C'},
    {"It could be B, but it is Bonn.", 'C'},
    {"Rome, Bonn and Oslo can be ruled out, which leaves Paris.", 'B'},
    {"Rome is in Italy. Bonn is in Germany. Oslo is in Norway. That leaves Paris.", 'B'},
    {"It could be Paris. Bonn is in Germany.", 0},
    {"Paris is one of the largest cities. Rome is older.", 0},
    {"Rome has to be compared with Bonn.", 0},
    {"Paris is wrong.", 0},
    {"If I had to choose, the answer is A. B is close, though.", 'A'},
};

TEST(ChoiceGrader, TellsWhatIsStatedFromWhatIsHedgedSupposedOrRuledOut) {
  expect_readings(kHesitant, {"Rome", "Paris", "Bonn", "Oslo"});
}

// Answers to: What is the capital of Germany? A. Paris B. London C. Berlin D. Madrid
constexpr HesitantCase kRepeated[] = {
    // The choices are repeated before one of them is named by its text.
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nTherefore, the answer is Berlin.", 'C'},
    {"(A) Paris\n(B) London\n(C) Berlin\n(D) Madrid\nThe answer is Berlin", 'C'},
    {"Let's analyze.\nA. Paris - capital of France\nB. London - capital of the UK\nC. Berlin - "
     "capital of Germany\nD. Madrid - capital of Spain\n\nTherefore, the answer is Berlin.",
     'C'},
    {"A. Paris is in France.\nB. London is in England.\nC. Berlin is in Germany.\nD. Madrid is in "
     "Spain.\nSo the answer is Berlin.",
     'C'},
    {"Options: A. Paris B. London C. Berlin D. Madrid. The answer is Berlin.", 'C'},
    {"A) Paris\nB) London\nC) Berlin\nD) Madrid\n\nThe correct choice is therefore **Berlin**.",
     'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nBerlin is the correct answer.", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nIt is Berlin.", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is Berlin (C).", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is Berlin. No, wait, Madrid.", 'D'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe best answer is Berlin because it has been "
     "the capital since 1990.",
     'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is not Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is Berlin or Madrid.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nIs the answer Berlin?", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is Berlin?", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer might be Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nIf this were about Germany, the answer would be "
     "Berlin.",
     0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nMany people say the answer is Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nIn Germany the answer is Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is Berlin Street.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is in Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe best choice in Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe answer is Berlin, but D is correct.", 'D'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe correct answer is:\n\nBerlin", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nI think that the answer is Berlin.", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nI'd choose Berlin.", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe capital is Berlin, so the answer is Berlin.",
     'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nI doubt that the answer is Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nI am not sure that the answer is Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe wrong answer is Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nThe least likely answer is Berlin.", 0},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nSo the answer is **Berlin**, not Paris.", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nIt isn't Berlin, not by any means.", 0},
    {"Options A, B, and D are incorrect.", 'C'},
    {"None of A, B, or D is in Germany; only C is.", 'C'},
    {"It could be B, but the answer is Berlin.", 'C'},
    // The others are told apart from it.
    {"C. Berlin. The other options (A, B, D) are capitals of other countries.", 'C'},
    {"C. Berlin. The other options (A. Paris, B. London, D. Madrid) are elsewhere.", 'C'},
    {"C. Berlin\n\nThe others (A, B and D) are not in Germany.", 'C'},
    {"C satisfies all the conditions; A, B and D do not.", 'C'},
    {"C satisfies all the conditions. A, B, and D don't.", 'C'},
    {"A, B and D are not, but C is in Germany.", 'C'},
    {"C is wrong; A, B and D are not.", 0},
    {"C fails; A, B and D do not.", 0},
    {"A, B and D do not. None of them fits.", 0},
    {"Do A, B and D not?", 0},
    {"A and B do not.", 0},
    // One is singled out.
    {"Only C is in Germany.", 'C'},
    {"Only option (C) is in Germany.", 'C'},
    {"Among the options, only C satisfies all the conditions.", 'C'},
    {"A is in France and B in England, so only C fits.", 'C'},
    {"A. Paris\nB. London\nC. Berlin\nD. Madrid\n\nOnly C is in Germany.", 'C'},
    {"Only C is wrong.", 0},
    {"Only C can be ruled out.", 0},
    {"Only C is not in Germany.", 0},
    {"Only C and D fit.", 0},
    {"Only B is in England, only C is in Germany.", 0},
    {"Not only C fits.", 0},
    {"If only C fits, there is a typo.", 0},
    {"Does only C fit?", 0},
    {"Only C might fit.", 0},
    {"A and B are wrong.", 0},
    {"The answer is D. Only C is in Germany.", 'D'},
    {"Only C is in Germany, so the answer is D.", 'D'},
};

TEST(ChoiceGrader, ReadsOnWhereTheChoicesAreRepeated) {
  expect_readings(kRepeated, {"Paris", "London", "Berlin", "Madrid"});
}

}  // namespace
}  // namespace ooe::interview
