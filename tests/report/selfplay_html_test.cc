#include "report/selfplay_html.h"

#include <limits>
#include <vector>

#include <gmock/gmock.h>

namespace ooe::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SelfplayHtml, ShowsEveryRoundAndItsReason) {
  const std::vector<SelfplayRound> rounds{{.number = 1,
                                           .asked = 75,
                                           .exam_asked = 210,
                                           .usd = 0.25,
                                           .contaminated = 3,
                                           .quality = 0.81,
                                           .gain = {0.05, 0.02, 0.08},
                                           .ownership = 0.4,
                                           .promoted = true,
                                           .reason = "better: +5.0 points"},
                                          {.number = 2,
                                           .quality = std::numeric_limits<double>::quiet_NaN(),
                                           .gain = evaluate::kNoInterval,
                                           .reason = "not <surely> better"}};
  const std::string html = selfplay_html(rounds);
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr("<th scope=row>1</th><td>75</td><td>210</td><td>0.250</td><td>3</td>"
                              "<td>81.0</td><td>+5.0 [+2.0, +8.0]</td><td>40.0</td>"));
  EXPECT_THAT(html, HasSubstr("not &lt;surely&gt; better"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(SelfplayHtml, IsNothingWithoutRounds) { EXPECT_EQ(selfplay_html({}), ""); }

}  // namespace
}  // namespace ooe::report
