// What is refused only once files, keys and the predictor are there: each says where in ooe.toml.
#include "cli/serving.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Two experts, whom the predictor of the folder knows; a case goes on in the second one's table.
constexpr std::string_view kExperts = R"([[expert]]
name = "open"
base_url = "http://127.0.0.1:1/v1"
[[expert]]
name = "safe"
base_url = "http://127.0.0.1:1/v1"
)";

class Serving : public InEmptyFolder {
 protected:
  Serving() {
    std::string questions;
    std::string outcomes = "id\topen\tsafe\n";
    for (int i = 0; i < 20; ++i) {
      questions += fmt::format(
          "{{\"id\": \"q{0}\", \"question\": \"What is {0}?\", \"answer\": \"{0}\"}}\n", i);
      outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 2, i % 3 == 0 ? 0 : 1);
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
    EXPECT_EQ(
        run_ooe({"train", "--questions", "q.jsonl", "--outcomes", "o.tsv", "--no-baselines"}).code,
        0);
  }

  // Returns why, or nothing where it is served.
  static std::string refused(std::string_view toml) {
    write("ooe.toml", std::string(kExperts) + std::string(toml));
    const auto config = load_config("ooe.toml");
    if (!config) return config.error().message;
    const auto serving = make_serving(*config);
    return serving ? std::string() : serving.error().message;
  }
};

struct Refusal {
  std::string_view what;
  std::string_view toml;   // from line 7 on
  std::string_view place;  // how the message starts
  std::string_view says;
};

TEST_F(Serving, EveryRefusalSaysWhereItsReasonStands) {
  constexpr Refusal kCases[] = {
      {"a name that lists would break", "[[expert]]\nname = \"a,b\"\nbase_url = \"http://h/v1\"\n",
       "ooe.toml:7: expert 'a,b': ", "no comma"},
      {"a URL that asks", "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1?key=k\"\n",
       "ooe.toml:7: expert b: base_url ", "has a query"},
      {"a key that is not set", "api_key_env = \"OOE_TEST_NO_SUCH_KEY\"\n",
       "ooe.toml:4: expert safe: ", "OOE_TEST_NO_SUCH_KEY is not set"},
      {"two places of a key", "api_key_env = \"OOE_TEST_NO_SUCH_KEY\"\napi_key_file = \"key\"\n",
       "ooe.toml:4: expert safe: ", "keep one"},
      {"a key file that is not there", "api_key_file = \"no.key\"\n",
       "ooe.toml:4: expert safe: its key file: ", "no.key"},
      {"a tokenizer that is not there", "tokenizer = { file = \"no.file\", split = \"gpt2\" }\n",
       "ooe.toml:4: expert 'safe': tokenizer: ", "no.file"},
      {"a tokenizer that is none", "tokenizer = { file = \"q.jsonl\", split = \"gpt2\" }\n",
       "ooe.toml:4: expert 'safe': tokenizer: ", "q.jsonl:1: "},
      {"an LLM that is nobody", "[predictor]\nkind = \"llm\"\nexpert = \"nobody\"\n",
       "ooe.toml:7: [predictor] expert: ", "no [[expert]] 'nobody'"},
      {"an LLM with a price",
       "price = { input = 1, output = 1 }\n[predictor]\nkind = \"llm\"\nexpert = \"safe\"\n",
       "ooe.toml:8: [predictor] expert: 'safe' has a price", "no receipt"},
      {"an LLM without a choice", "[predictor]\nkind = \"llm\"\nexpert = \"safe\"\n",
       "ooe.toml:7: [predictor] experts: 1 names", "2 to"},
      {"an LLM that chooses among strangers",
       "[predictor]\nkind = \"llm\"\nexpert = \"safe\"\nexperts = [\"open\", \"nobody\"]\n",
       "ooe.toml:7: [predictor] experts: 'nobody' is no [[expert]]", ""},
      {"an LLM with nothing to stand by",
       "[predictor]\nfile = \"no.ooe\"\nkind = \"llm\"\nexpert = \"safe\"\n",
       "ooe.toml:7: [predictor] kind = \"llm\" needs ", "ooe train"},
      {"a pair with nobody in it",
       "[[model]]\nname = \"m\"\nkind = \"dedicated\"\nown = \"opne\"\ngeneric = \"safe\"\n",
       "ooe.toml:7: model m: there is no expert 'opne'", "'open'"},
      {"a pair whose own expert is not one's own",
       "[[model]]\nname = \"m\"\nkind = \"dedicated\"\nown = \"open\"\ngeneric = \"safe\"\n",
       "ooe.toml:7: model m: it takes an own expert", "'open'"},
      {"a pair that the predictor does not know",
       "[[expert]]\nname = \"new\"\nbase_url = \"http://h/v1\"\nown = true\n"
       "[[model]]\nname = \"m\"\nkind = \"dedicated\"\nown = \"new\"\ngeneric = \"safe\"\n",
       "ooe.toml:11: model m: the predictor does not know 'new'", "ooe adapt"},
      {"zones that nobody is in", "[[model]]\nname = \"m\"\nzones = [\"mars\"]\n",
       "ooe.toml:7: model m: none of its experts is in one of its zones", "mars"},
      {"a goal that cannot be met",
       "[[model]]\nname = \"l\"\n[[model]]\nname = \"m\"\ngoal = { match = \"gpt-4\" }\n",
       "ooe.toml:9: model m: ", "gpt-4"},
      {"a predictor that is not there", "[predictor]\nfile = \"no.ooe\"\n[[model]]\nname = \"m\"\n",
       "ooe.toml:9: no.ooe: there is no such predictor, and model 'm' needs one", "ooe train"},
      {"a predictor that is none", "[predictor]\nfile = \"q.jsonl\"\n",
       "ooe.toml:7: q.jsonl: ", ""},
      {"keys that are not there", "[keys]\nfile = \"no.toml\"\n",
       "ooe.toml:7: no.toml: ", "ooe keys add"},
  };
  for (const Refusal& refusal : kCases) {
    SCOPED_TRACE(refusal.what);
    const std::string why = refused(refusal.toml);
    EXPECT_THAT(why, StartsWith(std::string(refusal.place)));
    EXPECT_THAT(why, HasSubstr(std::string(refusal.says)));
  }
  EXPECT_EQ(refused("[[model]]\nname = \"m\"\n"), "");
}

// Those commands ask for less than all that is served, and say where all the same.
TEST_F(Serving, CommandsThatDoNotServeSayWhereToo) {
  write("ooe.toml", std::string(kExperts) +
                        "tokenizer = { file = \"no.file\", split = \"gpt2\" }\n"
                        "[[model]]\nname = \"m\"\n");
  EXPECT_THAT(run_ooe({"route", "What is 7?"}).said, HasSubstr("ooe.toml:4: expert 'safe': "));
  write("ooe.toml", std::string(kExperts) + "api_key_env = \"OOE_TEST_NO_SUCH_KEY\"\n");
  EXPECT_THAT(run_ooe({"interview", "--benchmark", "q.jsonl"}).said,
              HasSubstr("ooe.toml:4: expert safe: "));
}

}  // namespace
}  // namespace ooe::cli
