#include "cli/config.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>

#include "base/file.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// The least that is a configuration: everything it does not say is at its default.
constexpr std::string_view kLeast = R"([[expert]]
name = "local-8b"
base_url = "http://127.0.0.1:11434/v1"
)";

std::string example_text() {
  const auto text = read_file(OOE_SOURCE_DIR "/examples/ooe.toml");
  return text.value_or("");
}

TEST(ExampleConfig, SetsNoServerKeyButToItsDefault) {
  const auto example = parse_config(example_text(), "ooe.toml");
  ASSERT_TRUE(example) << example.error().message;
  const gateway::GatewayOptions& got = example->gateway;
  const gateway::GatewayOptions wanted;
  const gateway::RequestRules& rules = example->rules;
  const gateway::RequestRules wanted_rules;
  EXPECT_EQ(got.server.listen, wanted.server.listen);
  EXPECT_EQ(got.workers, wanted.workers);
  EXPECT_EQ(got.open_to_network, wanted.open_to_network);
  EXPECT_EQ(got.requests_max, wanted.requests_max);
  EXPECT_EQ(got.server.connections_max, wanted.server.connections_max);
  EXPECT_EQ(got.server.header_bytes_max, wanted.server.header_bytes_max);
  EXPECT_EQ(got.server.body_bytes_max, wanted.server.body_bytes_max);
  EXPECT_EQ(rules.session.hold_bytes_max, wanted_rules.session.hold_bytes_max);
  EXPECT_EQ(rules.fallbacks_max, wanted_rules.fallbacks_max);
  EXPECT_EQ(rules.session.hedge_after, wanted_rules.session.hedge_after);
  EXPECT_EQ(rules.hedge_share_max, wanted_rules.hedge_share_max);
  EXPECT_EQ(rules.session.bytes_per_second_min, wanted_rules.session.bytes_per_second_min);
  EXPECT_EQ(got.server.header_timeout, wanted.server.header_timeout);
  EXPECT_EQ(got.server.body_timeout, wanted.server.body_timeout);
  EXPECT_EQ(got.server.idle_timeout, wanted.server.idle_timeout);
  EXPECT_EQ(got.server.write_timeout, wanted.server.write_timeout);
  EXPECT_EQ(got.lame_duck, wanted.lame_duck);
  EXPECT_EQ(got.drain, wanted.drain);
  EXPECT_EQ(rules.session.total, wanted_rules.session.total);
  EXPECT_EQ(rules.experts.connect, wanted_rules.experts.connect);
  EXPECT_EQ(rules.experts.head, wanted_rules.experts.head);
  EXPECT_EQ(rules.session.first_token, wanted_rules.session.first_token);
  EXPECT_EQ(rules.experts.stall, wanted_rules.experts.stall);
  EXPECT_EQ(rules.sessions.affinity, wanted_rules.sessions.affinity);
  EXPECT_EQ(rules.sessions.handoff_quality, wanted_rules.sessions.handoff_quality);
  EXPECT_EQ(rules.sessions.prompt_cache, wanted_rules.sessions.prompt_cache);
  EXPECT_EQ(got.turns_max, wanted.turns_max);
}

TEST(ExampleConfig, SetsTheOtherTablesToTheirDefaults) {
  const auto example = parse_config(example_text(), "ooe.toml");
  ASSERT_TRUE(example) << example.error().message;
  const auto least = parse_config(kLeast, "least.toml");
  ASSERT_TRUE(least) << least.error().message;
  EXPECT_EQ(example->log_level, least->log_level);
  EXPECT_EQ(example->store_url, least->store_url);
  EXPECT_EQ(example->predictor_file, least->predictor_file);
  EXPECT_EQ(example->rules.privacy.floor, least->rules.privacy.floor);
  // The one that the example sets on purpose.
  EXPECT_FALSE(least->rules.privacy.default_class);
  EXPECT_EQ(example->rules.privacy.default_class, PrivacyClass::public_);
}

TEST(ExampleConfig, SetsNoExpertOrModelKeyButToItsDefault) {
  const auto example = parse_config(example_text(), "ooe.toml");
  ASSERT_TRUE(example) << example.error().message;
  const auto least = parse_config(kLeast, "least.toml");
  ASSERT_TRUE(least) << least.error().message;
  ASSERT_EQ(example->catalogue.size(), 1U);
  const Expert& got = example->catalogue.experts()[0];
  const Expert& wanted = least->catalogue.experts()[0];
  EXPECT_EQ(got.name, wanted.name);
  EXPECT_EQ(got.base_url, wanted.base_url);
  EXPECT_EQ(got.dialect, wanted.dialect);
  EXPECT_EQ(got.model, wanted.model);
  EXPECT_EQ(got.api_key_env, wanted.api_key_env);
  EXPECT_EQ(got.api_key_file, wanted.api_key_file);
  EXPECT_EQ(got.context_tokens, wanted.context_tokens);
  EXPECT_EQ(got.tokenizer_file, wanted.tokenizer_file);
  EXPECT_EQ(got.capabilities, wanted.capabilities);
  EXPECT_EQ(got.clearance, wanted.clearance);
  EXPECT_EQ(got.redact, wanted.redact);
  EXPECT_EQ(got.zone, wanted.zone);
  EXPECT_EQ(got.own, wanted.own);
  EXPECT_FALSE(wanted.prices);  // no default, as the example says
  ASSERT_TRUE(got.prices);
  EXPECT_EQ(got.prices->cached_input, got.prices->input);
  EXPECT_EQ(got.prices->reasoning, got.prices->output);
  EXPECT_EQ(got.prices->cache_write, got.prices->input);

  EXPECT_THAT(least->models, IsEmpty());
  ASSERT_EQ(example->models.size(), 1U);
  const auto* aim = std::get_if<MaximiseQuality>(&example->models[0].goal.aim);
  ASSERT_NE(aim, nullptr);
  EXPECT_FALSE(aim->per_1k_queries_max);
}

TEST(ExampleConfig, HasGoalsInItsCommentsThatParse) {
  constexpr std::array<std::string_view, 2> kGoals{
      R"({ maximise = "quality", usd_per_1k_queries = 2.0 })",
      R"({ match = "gpt-4", tolerance = 0.01, confidence = 0.95 })"};
  const std::string example = example_text();
  const std::string plain = R"(goal = { maximise = "quality" })";
  const std::size_t at = example.find(plain);
  ASSERT_NE(at, std::string::npos);
  for (const std::string_view goal : kGoals) {
    SCOPED_TRACE(goal);
    EXPECT_THAT(example, HasSubstr(goal));
    std::string changed = example;
    changed.replace(at, plain.size(), "goal = " + std::string(goal));
    const auto config = parse_config(changed, "ooe.toml");
    EXPECT_TRUE(config) << config.error().message;
  }
}

struct BadConfig {
  std::string_view what;
  std::string_view toml;
  std::string_view place;   // how the message starts
  std::string_view remedy;  // what it says somewhere
};

TEST(Config, ReadsAnLlmThatPredicts) {
  const std::string least(kLeast);
  const auto config = parse_config(
      least +
          "[predictor]\nkind = \"llm\"\nexpert = \"chooser\"\nexperts = [\"b\", \"a\"]\n"
          "deadline_ms = 80\n",
      "ooe.toml");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->llm);
  EXPECT_EQ(config->llm->expert, "chooser");
  EXPECT_THAT(config->llm->experts, testing::ElementsAre("b", "a"));
  EXPECT_EQ(config->llm->deadline, std::chrono::milliseconds(80));
  EXPECT_FALSE(parse_config(least, "ooe.toml")->llm);
  EXPECT_FALSE(parse_config(least + "[predictor]\nkind = \"llm\"\n", "ooe.toml"));
  EXPECT_FALSE(parse_config(least + "[predictor]\nkind = \"oracle\"\n", "ooe.toml"));
  EXPECT_FALSE(parse_config(least + "[predictor]\nexpert = \"a\"\n", "ooe.toml"));  // for "llm"
}

TEST(Config, SaysWhereAMistakeIsAndWhatToDo) {
  constexpr BadConfig kCases[] = {
      {"no TOML", "[server\n", "c.toml:1: not valid TOML", ""},
      {"unknown key", "[server]\nlistn = \"127.0.0.1:1\"\n", "c.toml:2: [server] ", "listen"},
      {"unknown table", "[sever]\nlisten = \"127.0.0.1:1\"\n", "c.toml:1: ", "server"},
      {"unknown key of an expert",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\nurl = 1\n", "c.toml:4: [[expert]] ",
       "the key 'url' is unknown"},
      {"wrong type", "[server]\nworkers = \"two\"\n", "c.toml:2: [server] workers must be ",
       "a whole number from 0 to 1024"},
      {"a fraction", "[server]\nworkers = 2.0\n", "c.toml:2: [server] workers must be ",
       "a whole number from 0 to 1024, not 2.0"},
      {"what goes with a predictor that is an LLM", "[predictor]\ndeadline_ms = 5\n",
       "c.toml:2: [predictor] the key 'deadline_ms' goes with kind = \"llm\"", ""},
      {"a pair of one and the same",
       "[[model]]\nname = \"m\"\nkind = \"dedicated\"\nown = \"b\"\ngeneric = \"b\"\n",
       "c.toml:5: [[model]] generic: 'b' is the own expert too", "must be two"},
      {"out of range", "[server]\n\nfallbacks_max = -1\n",
       "c.toml:3: [server] fallbacks_max must be ", "from 0 to 100, not -1"},
      {"no time at all", "[server]\nstall_timeout_ms = 0\n",
       "c.toml:2: [server] stall_timeout_ms must be ", "from 1 to"},
      {"bad address", "[server]\nlisten = \"here\"\n", "c.toml:2: [server] listen: ", "here"},
      {"bad URL", "[[expert]]\nname = \"b\"\nbase_url = \"ftp://h/v1\"\n",
       "c.toml:3: [[expert]] base_url: ", "http"},
      {"no URL", "[[expert]]\nname = \"b\"\n", "c.toml:1: [[expert]] base_url: is missing",
       "up to and including /v1"},
      {"a tokenizer without a file",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\ntokenizer = { split = \"gpt2\" }\n",
       "c.toml:4: [[expert]][tokenizer] file: is missing", "tiktoken's format"},
      {"an unknown split",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\n"
       "tokenizer = { file = \"t\", split = \"llama2\" }\n",
       "c.toml:4: [[expert]][tokenizer] split: 'llama2' is unknown", "gpt2, cl100k, qwen2"},
      {"no name", "[[expert]]\nbase_url = \"http://h/v1\"\n",
       "c.toml:1: [[expert]] name: is missing", "every expert needs a name"},
      {"half a price",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\nprice = { input = 1 }\n",
       "c.toml:4: [[expert]][price] output: is missing", "USD per million tokens"},
      {"a negative price",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\nprice = { input = -1, output = 1 }\n",
       "c.toml:4: [[expert]][price] input must be ", "a number from 0 to 1000000, not -1"},
      {"an expert twice",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\n"
       "[[expert]]\nname = \"b\"\nbase_url = \"http://i/v1\"\n",
       "c.toml:5: [[expert]] name: 'b' is taken", "rename"},
      {"a model named as an expert",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\n"
       "[[model]]\nname = \"b\"\n",
       "c.toml:5: [[model]] name: 'b' is taken", "rename"},
      {"unknown class", "[privacy]\ndefault = \"secret\"\n",
       "c.toml:2: [privacy] default: ", "public, internal, confidential or restricted"},
      {"a kind nobody knows", "[privacy]\nraises = { emial = \"public\" }\n",
       "c.toml:2: ", "email"},
      {"a class nobody knows", "[privacy]\nraises = { email = \"secret\" }\n",
       "c.toml:2: [privacy][raises] email: 'secret' is no privacy class", "restricted"},
      {"a rule RE2 does not take", "[privacy]\n[[privacy.rule]]\nname = \"x\"\npattern = \"(\"\n",
       "c.toml:", "'x'"},
      {"rules that nobody looks for",
       "[privacy]\ndetect = false\n[[privacy.rule]]\nname = \"x\"\npattern = \"falcon\"\n",
       "c.toml:3: [privacy] rule: needs detect", "nobody would look"},
      {"redaction of what nobody looks for",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\nredact = true\n"
       "[privacy]\ndetect = false\n",
       "c.toml:4: [[expert]] redact", "[privacy] detect"},
      {"a rule without a pattern", "[[privacy.rule]]\nname = \"x\"\n",
       "c.toml:", "regular expression"},
      {"unknown clearance",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\nclearance = \"all\"\n",
       "c.toml:4: [[expert]] clearance: 'all' is no privacy class", "restricted"},
      {"unknown capability",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\ncapabilities = [\"tool\"]\n",
       "c.toml:4: [[expert]] capabilities: 'tool' is unknown", "tools"},
      {"a key in the file",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\napi_key = \"not-to-be-printed\"\n",
       "c.toml:4: [[expert]] api_key: keys are never written here", "api_key_env"},
      {"a dialect to come",
       "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\ndialect = \"cohere\"\n",
       "c.toml:4: [[expert]] dialect: 'cohere' is unknown", "openai"},
      {"two aims", "[[model]]\nname = \"auto\"\ngoal = { maximise = \"quality\", ownership = 1 }\n",
       "c.toml:3: [[model]][goal] maximise: ", "one of maximise, match and ownership"},
      {"what goes with another aim",
       "[[model]]\nname = \"auto\"\ngoal = { ownership = 0.5, tolerance = 0.1 }\n",
       "c.toml:3: [[model]][goal] the key 'tolerance' goes with match", ""},
      {"a budget misspelt",
       "[[model]]\nname = \"auto\"\ngoal = { maximise = \"quality\", usd_per_1k = 2.0 }\n",
       "c.toml:3: [[model]][goal] the key 'usd_per_1k' is unknown", "usd_per_1k_queries"},
      {"a tolerance misspelt",
       "[[model]]\nname = \"auto\"\ngoal = { match = \"b\", tolerence = 0.1 }\n",
       "c.toml:3: [[model]][goal] the key 'tolerence' is unknown; did you mean 'tolerance'?", ""},
      {"half of a pair", "[[model]]\nname = \"auto\"\nown = \"b\"\n",
       "c.toml:3: [[model]] the key 'own' goes with kind = \"dedicated\"", ""},
      {"a floor that is none", "[[model]]\nname = \"auto\"\nprivacy_floor = \"secret\"\n",
       "c.toml:3: [[model]] privacy_floor: 'secret' is no privacy class", "restricted"},
      {"a URL that asks", "\n[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1?key=k\"\n",
       "c.toml:2: expert b: base_url ", "has a query"},
      {"a name that lists would break",
       "\n[[expert]]\nname = \"a,b\"\nbase_url = \"http://h/v1\"\n",
       "c.toml:2: expert 'a,b': an expert's name has no comma", "rename it"},
      {"an impossible share", "[[model]]\nname = \"auto\"\ngoal = { ownership = 1.5 }\n",
       "c.toml:3: [[model]][goal] ownership must be ", "from 0 to 1"},
      {"a kind nobody knows of a model", "[[model]]\nname = \"math\"\nkind = \"dedicted\"\n",
       "c.toml:3: [[model]] kind: 'dedicted' is unknown; use routed or dedicated", ""},
      {"a pair of one", "[[model]]\nname = \"math\"\nkind = \"dedicated\"\nown = \"a\"\n",
       "c.toml:1: [[model]] generic: is missing", "name an expert"},
      {"a tag of two words",
       "[[model]]\nname = \"m\"\nkind = \"dedicated\"\nown = \"a\"\ngeneric = \"b\"\ntag = \"ask "
       "her\"\n",
       "c.toml:6: [[model]] tag: 'ask her' cannot be told apart", ""},
      {"a goal beside a tag",
       "[[model]]\nname = \"m\"\nkind = \"dedicated\"\nown = \"a\"\ngeneric = \"b\"\nmode = "
       "\"tag\"\ngoal = { ownership = 0.5 }\n",
       "c.toml:7: [[model]] goal: is only for mode = \"route\"", "own expert decides"},
      {"a word for a level that is none", "[server]\nlog_level = \"warn\"\n",
       "c.toml:2: [server] log_level: ", "use debug, info, warning"},
      {"a table to come", "[budgets]\n", "c.toml:1: budgets: ", "not offered yet"},
      {"one table where a list belongs", "[expert]\nname = \"b\"\n", "c.toml:1: ", "[[expert]]"},
      {"no expert", "", "c.toml: there is no expert", "[[expert]]"},
  };
  for (const BadConfig& bad : kCases) {
    SCOPED_TRACE(bad.what);
    // The tables that are not the case's business are there, behind it, so that lines stay as
    // written.
    std::string toml(bad.toml);
    if (!toml.empty() && toml.find("expert]") == std::string::npos) {
      toml += "\n" + std::string(kLeast);
    }
    const auto config = parse_config(toml, "c.toml");
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, StartsWith(bad.place));
    EXPECT_THAT(config.error().message, HasSubstr(bad.remedy));
    EXPECT_THAT(config.error().message, testing::Not(HasSubstr("not-to-be-printed")));
  }
}

TEST(Config, ATimeOfZeroIsGivenWhereItMeansNone) {
  const auto with = [](std::string_view lines) {
    return parse_config(fmt::format("{}\n{}", lines, kLeast), "ooe.toml");
  };
  const auto config = with(
      "[server]\nhedge_after_ms = 0\nlame_duck_ms = 0\n[sessions]\nprompt_cache_seconds = 0\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->rules.session.hedge_after.count(), 0);
  EXPECT_EQ(config->gateway.lame_duck.count(), 0);
  EXPECT_EQ(config->rules.sessions.prompt_cache.count(), 0);
  EXPECT_FALSE(with("[server]\ndrain_ms = 0\n"));
  EXPECT_FALSE(with("[server]\nlame_duck_ms = 86400001\n"));
  EXPECT_FALSE(with("[sessions]\nprompt_cache_seconds = 86401\n"));
}

TEST(Config, TheDetectorIsOnUntilItIsSwitchedOff) {
  const auto inspect = [](std::string_view privacy, std::string_view text) {
    const auto config = parse_config(std::string(privacy) + std::string(kLeast), "c.toml");
    EXPECT_TRUE(config) << config.error().message;
    const auto& detector = config->rules.privacy.detector;
    return detector ? detector->inspect(text)->privacy : PrivacyClass::public_;
  };
  const std::string_view text = "ann@x.example works on falcon";
  EXPECT_EQ(inspect("", text), PrivacyClass::confidential);
  EXPECT_EQ(inspect("[privacy]\ndetect = false\n", text), PrivacyClass::public_);
  EXPECT_EQ(inspect("[privacy]\nraises = { email = \"internal\" }\n", text),
            PrivacyClass::internal);
  EXPECT_EQ(inspect("[[privacy.rule]]\nname = \"f\"\npattern = \"falcon\"\n", text),
            PrivacyClass::restricted);
}

TEST(Config, GoalsHaveSharesDeadlinesAndZones) {
  const auto config =
      parse_config(std::string(kLeast) +
                       "[[model]]\nname = \"auto\"\nzones = [\"eu\"]\n"
                       "privacy_floor = \"internal\"\n"
                       "goal = { ownership = 0.4, deadline_ms = 9000, first_token_ms = 800 }\n",
                   "c.toml");
  ASSERT_TRUE(config) << config.error().message;
  const auto& model = config->models.front();
  EXPECT_EQ(std::get<OwnershipShare>(model.goal.aim).share, 0.4);
  EXPECT_EQ(model.goal.deadline, std::chrono::milliseconds(9'000));
  EXPECT_EQ(model.goal.first_token, std::chrono::milliseconds(800));
  EXPECT_THAT(model.zones, testing::ElementsAre("eu"));
  EXPECT_EQ(model.privacy_floor, PrivacyClass::internal);
}

TEST(Config, SaysWhereATableIsThatIsWrongOnlyWithWhatItNames) {
  const auto config = parse_config(
      "[[expert]]\nname = \"b\"\nbase_url = \"http://h/v1\"\n\n[[model]]\nname = \"m\"\n",
      "c.toml");
  ASSERT_TRUE(config) << config.error().message;
  const auto told = [&](const char* subject, const char* message) {
    return placed(config->places, Error{ErrorCode::invalid_argument, message, subject}).message;
  };
  EXPECT_EQ(told("expert b", "the variable K is not set"), "c.toml:1: the variable K is not set");
  EXPECT_EQ(told("model m", "there is no expert 'c'"), "c.toml:5: there is no expert 'c'");
  EXPECT_EQ(told("", "expert b: words are only words"), "c.toml: expert b: words are only words");
  EXPECT_EQ(told("expert c", "it is elsewhere"), "c.toml: it is elsewhere");
  EXPECT_EQ(told(kPredictorTable, "it has no table"), "c.toml: it has no table");
}

TEST(Config, TellsHowToMakeAFileThatIsNotThere) {
  const auto config = load_config("no/such/ooe.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::not_found);
  EXPECT_THAT(config.error().message, HasSubstr("no/such/ooe.toml"));
  EXPECT_THAT(config.error().message, HasSubstr("examples/ooe.toml"));
}

TEST(Config, TakesFilesFromBesideItself) {
  const auto config = load_config(OOE_SOURCE_DIR "/examples/ooe.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->store_url, "sqlite:" OOE_SOURCE_DIR "/examples/ooe.db");
  EXPECT_EQ(config->predictor_file, OOE_SOURCE_DIR "/examples/model.ooe");
}

class ConfigFile : public InEmptyFolder {};

TEST_F(ConfigFile, ItsStoreIsBesideItHoweverItIsWritten) {
  std::filesystem::create_directories("there");
  for (const auto& [url, wanted] : std::vector<std::pair<std::string, std::string>>{
           {"sqlite:my.db", "sqlite:there/my.db"},
           {"my.db", "sqlite:there/my.db"},
           {"sqlite:/var/my.db", "sqlite:/var/my.db"},
           {"postgres://u@h/db", "postgres://u@h/db"}}) {
    write("there/ooe.toml", "[store]\nurl = \"" + url + "\"\n" + std::string(kLeast));
    const auto config = load_config("there/ooe.toml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->store_url, wanted);
  }
}

TEST(Config, TakesKeyFilesFromBesideItself) {
  const std::string folder = ::testing::TempDir();
  const std::string path = folder + "key_file.toml";
  std::string toml(kLeast);
  toml +=
      "api_key_file = \"secret.txt\"\n[[expert]]\nname = \"other\"\nbase_url = \"http://h/v1\"\n";
  toml +=
      "api_key_file = \"/etc/secret.txt\"\n[[expert]]\nname = \"third\"\nbase_url = "
      "\"http://h/v1\"\n";
  ASSERT_TRUE(write_file_atomically(path, toml));
  const auto config = load_config(path);
  ASSERT_TRUE(config) << config.error().message;
  const auto experts = config->catalogue.experts();
  EXPECT_EQ(experts[0].api_key_file, folder + "secret.txt");
  EXPECT_EQ(experts[1].api_key_file, "/etc/secret.txt");
  EXPECT_EQ(experts[2].api_key_file, "");  // none stays none
}

}  // namespace
}  // namespace ooe::cli
