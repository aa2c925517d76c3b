#include "report/terminal.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "report/plot.h"
#include "report/progress.h"
#include "report/table.h"

namespace ooe::report {
namespace {

using std::chrono::milliseconds;

TEST(Terminal, HonoursNoColorDumbTerminalsAndPipes) {
  EXPECT_TRUE(terminal_of(true, 100, "", "xterm").colour);
  EXPECT_FALSE(terminal_of(true, 100, "1", "xterm").colour);
  EXPECT_FALSE(terminal_of(true, 100, "", "dumb").colour);
  EXPECT_FALSE(terminal_of(false, 100, "", "xterm").colour);
  EXPECT_EQ(terminal_of(false, 100, "", "xterm").width, kWidthDefault);
  EXPECT_FALSE(terminal_of(false, 100, "", "xterm").cuts);
  EXPECT_TRUE(terminal_of(true, 100, "", "xterm").cuts);
  EXPECT_EQ(terminal_of(true, 5, "", "xterm").width, kWidthMin);
  EXPECT_EQ(terminal_of(true, 5'000, "", "xterm").width, kWidthMax);
}

TEST(Terminal, CountsColumnsNotBytes) {
  struct Row {
    std::string text;
    std::size_t width;
  };
  for (const Row& row : {Row{"", 0}, Row{"abc", 3}, Row{"Zürich", 6}, Row{"日本", 4},
                         Row{"e\u0301", 1}, Row{"\x1b[1mbold\x1b[0m", 4}, Row{"\xff\xfe", 2}}) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(display_width(row.text), row.width);
    EXPECT_EQ(display_width(pad_left(row.text, 9)), 9U);
    EXPECT_EQ(display_width(pad_right(row.text, 9)), 9U);
  }
}

TEST(Terminal, CutsTextToItsColumns) {
  EXPECT_EQ(fit("abcdef", 6), "abcdef");
  EXPECT_EQ(fit("abcdef", 5), "abcd…");
  EXPECT_EQ(fit("日本語", 5), "日本…");
  EXPECT_EQ(fit("日本語", 4), "日…");  // half a wide character does not fit
  EXPECT_EQ(fit("abc", 0), "");
}

TEST(Terminal, WrapsAtSpaces) {
  EXPECT_EQ(wrap("the quick brown fox", "  ", {12, false}), "  the quick\n  brown fox\n");
  EXPECT_EQ(wrap("unbreakablewordlongerthantheline a", "", {10, false}),
            "unbreakablewordlongerthantheline\na\n");
  EXPECT_EQ(wrap("", "", {10, false}), "");
}

TEST(Bar, FillsInEighths) {
  EXPECT_EQ(bar(0.0, 4), "    ");
  EXPECT_EQ(bar(1.0, 4), "████");
  EXPECT_EQ(bar(0.5, 3), "█▌ ");
  EXPECT_EQ(bar(1.0 / 32, 4), "▏   ");
  EXPECT_EQ(bar(7.0, 2), "██");
  EXPECT_EQ(bar(-1.0, 2), "  ");
}

TEST(Table, AlignsAndShortensOnlyTheFirstColumn) {
  const Table table{{{"name"}, {"n", Align::right}},
                    {{"Zürich", "7"}, {"a-very-long-name-indeed", "1,234"}}};
  EXPECT_EQ(to_text(table, {80, false}),
            "name                         n\n"
            "───────────────────────  ─────\n"
            "Zürich                       7\n"
            "a-very-long-name-indeed  1,234\n");
  EXPECT_EQ(to_text(table, {20, false}),
            "name               n\n"
            "─────────────  ─────\n"
            "Zürich             7\n"
            "a-very-long-…  1,234\n");
  EXPECT_EQ(to_text(Table{{{"alone"}}, {}}, {80, false}), "alone\n─────\n");
}

TEST(Table, WritesLongWordsOfTheLastColumnBelowEachOther) {
  const Table table{{{"expert"}, {"check"}, {"what to do"}},
                    {{"small-8b", "answers", ""},
                     {"small-8b", "tools", "no tool was called; remove it from its capabilities"}}};
  EXPECT_EQ(to_text(table, {45, false}),
            "expert    check    what to do\n"
            "────────  ───────  ──────────────────────────\n"
            "small-8b  answers\n"
            "small-8b  tools    no tool was called; remove\n"
            "                   it from its capabilities\n");
  EXPECT_EQ(to_text(table, {40, false, false}).find("\n      "), std::string::npos)
      << "a pipe's reader wants one line a row";
}

TEST(Plot, PutsPointsWhereTheyBelong) {
  const Plot plot{"x", "y", {{0.0, 0.0, "A"}, {10.0, 10.0, "B"}, {5.0, 5.0, "C"}}, false, 5};
  EXPECT_EQ(to_text(plot, {40, false}),
            "y\n"
            "10 ┤                                 B\n"
            "   │\n"
            " 5 ┤                 C\n"
            "   │\n"
            " 0 ┤ A\n"
            "   └─┬───────────────┬───────────────┬─\n"
            "     0               5              10\n"
            "                                      x\n");
}

TEST(Plot, HasNoLabelAboveWhatCanBe) {
  Plot plot{"x", "y", {{0.0, 100.0, "A"}, {10.0, 100.0, "B"}}, false, 16};
  EXPECT_NE(to_text(plot, {40, false}).find("105"), std::string::npos);
  plot.y_max = 100.0;
  EXPECT_EQ(to_text(plot, {40, false}).find("105"), std::string::npos);
  EXPECT_NE(to_text(plot, {40, false}).find("100"), std::string::npos);
}

TEST(Plot, SurvivesWhatCannotBeDrawn) {
  const double nan = std::nan("");
  EXPECT_EQ(to_text(Plot{"x", "y", {}, true, 5}, {}), "");
  EXPECT_EQ(to_text(Plot{"x", "y", {{nan, 1.0, "A"}, {1.0, nan, "B"}}, true, 5}, {}), "");
  // One point, no stretch; a zero on an axis that was to be logarithmic; far too small a terminal.
  for (const double x : {0.0, 1e-9, 3.0, 1e9}) {
    const std::string text = to_text(Plot{"x", "y", {{x, 0.0, "A"}}, true, 1}, {1, false});
    EXPECT_NE(text.find('A'), std::string::npos) << x;
  }
}

TEST(Progress, FitsItsLine) {
  Progress progress{"interviewing", 450, 1'000, milliseconds(12'000), "0.12 USD"};
  EXPECT_EQ(progress_line(progress, {80, false}),
            "interviewing ███████████▎               45%  450/1000  12 s, 14 s left  0.12 USD");
  for (const std::size_t width : {20, 40, 60, 80, 160}) {
    EXPECT_LE(display_width(progress_line(progress, {width, true})), width);
  }
  EXPECT_EQ(progress_log(progress), "interviewing: 450 of 1000 (45%), 12 s, 14 s left, 0.12 USD");
}

TEST(Progress, TheEdgesMakeSense) {
  EXPECT_EQ(progress_log({"training", 0, 0, milliseconds(0), ""}), "training: 0 of 0 (0%), 0.0 s");
  EXPECT_EQ(progress_log({"training", 7, 5, milliseconds(400), ""}),
            "training: 7 of 5 (100%), 0.4 s");
  EXPECT_EQ(duration_text(milliseconds(185'000)), "3 min 05 s");
  EXPECT_EQ(duration_text(milliseconds(7'800'000)), "2 h 10 min");
}

}  // namespace
}  // namespace ooe::report
