#include "report/report.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "core/table_part.h"
#include "evaluate/costs.h"
#include "report/svg_chart.h"
#include "tests/report/golden.h"
#include "universe/objective.h"

namespace ooe::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Three experts in the pool and one outside, three subjects, folds, a rival that knows nothing.
struct World {
  Dataset all;
  Dataset pool;
  std::vector<Prediction> predictions;  // of all
  std::vector<Prediction> of_pool;
  evaluate::EvaluateOptions options;
};

World world() {
  static const double kSkill[3][4] = {
      {0.80, 0.90, 0.35, 0.85}, {0.75, 0.40, 0.88, 0.55}, {0.45, 0.35, 0.40, 0.90}};
  static const std::string kSubjects[3] = {"algebra", "contract law", "poetry & <prose>"};
  World w;
  Rng rng(61);
  w.all.outcomes.experts = {"general \"70b\"", "maths-7b", "law-13b", "outsider-200b"};
  for (const double usd : {1.0, 0.2, 0.3, 12.0}) {
    w.all.prices.push_back(Prices{*token_price(usd), *token_price(usd), *token_price(2 * usd)});
  }
  for (std::size_t query = 0; query < 240; ++query) {
    const std::size_t subject = query % 3;
    w.all.questions.emplace_back().subject = kSubjects[subject];
    w.all.outcomes.question_ids.push_back("q" + std::to_string(query));
    w.all.texts.emplace_back(200 + rng.below(600), 'x');
    w.options.fold.push_back(static_cast<std::uint32_t>(query % 4));
    for (std::size_t i = 0; i < 4; ++i) {
      const double skill = kSkill[subject][i];
      w.all.outcomes.score.push_back(rng.uniform() < skill ? 1.0F : 0.0F);
      Prediction& prediction = w.predictions.emplace_back();
      prediction.quality = std::clamp(skill + 0.05 * rng.normal(), 0.02, 0.98);
      prediction.output_tokens = 100.0;
    }
  }
  const std::vector<std::size_t> pool{0, 1, 2};
  w.pool = subset_columns(w.all, pool);
  w.of_pool = subset_columns(w.predictions, pool, 4);
  w.options.frontier_points = 6;
  w.options.bootstrap.resamples = 100;
  w.options.rivals = {{"constant", std::vector<float>(720, 0.5F)}};
  return w;
}

Report report_of(const World& w) {
  Report report;
  report.title = "simulated <pool>";
  report.how = "4 folds, seed 61";
  report.evaluation = *evaluate::evaluate(w.pool, w.of_pool, w.options);
  report.outsiders = {w.all.outcomes.experts[3]};
  std::vector<evaluate::Outsider> outsiders{{report.outsiders[0], {}}};
  for (std::size_t query = 0; query < 240; ++query) {
    outsiders[0].score.push_back(w.all.outcomes.row(query)[3]);
  }
  for (const auto& grouping : evaluate::groupings_of(w.all)) {
    report.domains.push_back(
        *evaluate::domain_table(w.pool, w.of_pool, grouping, outsiders, w.options.bootstrap));
  }
  const auto utilities = *universe::utilities(w.all.outcomes, {}, w.predictions, 0.0);
  const universe::SelectOptions choice{.size_max = 2};
  const auto universe = *universe::select(utilities, w.all.outcomes.experts, choice);
  report.selection =
      Selection{.universe = universe,
                .figures = evaluate::selection_figures(utilities, w.all.outcomes.experts, universe,
                                                       choice, {}, w.options.bootstrap),
                .experts = w.all.outcomes.experts,
                .options = choice,
                .quality_per_usd = 0.0,
                .n_queries = utilities.n_queries};
  return report;
}

TEST(Report, LooksAsItLooked) {
  const World w = world();
  const Report report = report_of(w);
  expect_golden("report_80.txt", report_text(report, {80, false}));
  expect_golden("report_120.txt", report_text(report, {120, false}));
  expect_golden("report.html", report_html(report));
  expect_golden("report.csv", report_csv(report));
  expect_golden("report.json", report_json(report));
}

TEST(Report, TextStaysWithinItsWidth) {
  const World w = world();
  const Report report = report_of(w);
  for (const std::size_t width : {80, 100, 120, 160}) {
    std::istringstream lines(report_text(report, {width, true}));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(Report, PageNeedsNothingBesideItself) {
  const World w = world();
  const std::string page = report_html(report_of(w));
  for (const std::string_view outside : {"http://", "https://", "src=", "@import", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(std::string(outside))));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Report, PageEscapesNamesFromFiles) {
  const World w = world();
  const std::string page = report_html(report_of(w));
  EXPECT_THAT(page, Not(HasSubstr("<prose>")));
  EXPECT_THAT(page, Not(HasSubstr("<pool>")));
  EXPECT_THAT(page, Not(HasSubstr("general \"70b\"")));
  EXPECT_THAT(page, HasSubstr("poetry &amp; &lt;prose&gt;"));
  EXPECT_EQ(escape_html("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
}

TEST(Report, NamesTheOutsiderThatHelps) {
  const World w = world();
  const Report report = report_of(w);
  ASSERT_EQ(report.domains.size(), 1U);
  EXPECT_THAT(report_text(report, {120, false}), HasSubstr("add outsider-200b"));
  const auto json = nlohmann::json::parse(report_json(report));
  EXPECT_EQ(json["domains"][0]["worst_gaps"][0], "poetry & <prose>");
  EXPECT_EQ(json["evaluation"]["methods"].size(), 3U) << "kept, constant, true subject";
}

TEST(Report, CsvIsARectangle) {
  const World w = world();
  std::istringstream lines(report_csv(report_of(w)));
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    std::size_t cells = 1;
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) ++cells;
    }
    EXPECT_EQ(cells, 7U) << line;
  }
  EXPECT_GT(rows, 100U);
}

TEST(SvgChart, IsEmptyWithoutAFinitePointAndSurvivesOne) {
  EXPECT_EQ(to_svg({}), "");
  Chart chart;
  chart.series = {{"routed", true, true, {{std::nan(""), 1.0, "", ""}}}};
  EXPECT_EQ(to_svg(chart), "");
  chart.series[0].points.push_back({2.0, 3.0, "A", "tip"});
  chart.x_logarithmic = true;
  const std::string svg = to_svg(chart);
  EXPECT_THAT(svg, HasSubstr("<circle"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace ooe::report
