#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "predictor/adapt.h"
#include "predictor/model.h"
#include "predictor/train.h"
#include "tests/predictor/toy_data.h"

namespace ooe::predictor {
namespace {

constexpr std::size_t kChecksumBytes = 16;

// A few kilobytes that hold weights: the smallest file with every part in it.
const std::string& small_file() {
  static const std::string bytes = [] {
    const TrainOptions options{
        .threads = 1, .held_out_queries_max = 3, .ngrams_max = 40, .rivals = false};
    const Dataset data = specialists(240, 2, 1);
    const auto prior = train(data, options);
    EXPECT_TRUE(prior.has_value());
    TrainOptions on_prior = options;
    on_prior.prior = &*prior;
    on_prior.only = "ridge + trees";
    auto model = train(data, on_prior);
    EXPECT_TRUE(model.has_value());
    EXPECT_THAT(model->card().kept, testing::StartsWith("ridge"));
    return model->serialise();
  }();
  return bytes;
}

std::string with_valid_checksum(std::string bytes) {
  bytes.resize(bytes.size() - kChecksumBytes);
  const auto hash = blake2b_128(bytes);
  return bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

TEST(ModelFile, ReadsBackWhatItWrote) {
  const auto model = Model::parse(small_file());
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_TRUE(model->serialise() == small_file());
  EXPECT_THAT(model->card().experts, testing::ElementsAre("expert 0", "expert 1"));
  EXPECT_EQ(model->held_out().n_queries(), 3U);
  EXPECT_EQ(model->held_out_queries().size(), 3U);
}

TEST(ModelFile, RefusesEverySingleFlippedByte) {
  std::string bytes = small_file();
  for (std::size_t at = 0; at < bytes.size(); at += at < 256 ? 1 : 101) {
    char& byte = bytes[at];
    const char good = byte;
    for (const int flip : {0x01, 0x80, 0xFF}) {
      byte = static_cast<char>(good ^ flip);
      const auto model = Model::parse(bytes);
      ASSERT_FALSE(model.has_value()) << "at byte " << (&byte - bytes.data());
      EXPECT_EQ(model.error().code, ErrorCode::corrupt);
    }
    byte = good;
  }
}

TEST(ModelFile, RefusesEveryTruncationAndAnythingAppended) {
  for (std::size_t size = 0; size < small_file().size(); size += size < 256 ? 1 : 97) {
    ASSERT_FALSE(Model::parse(small_file().substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(Model::parse(small_file() + "x").has_value());
}

// A file of version 4 predicts as one of 5 does; its held-out sample had been seen. Whoever adapts it
// does not make it honest.
TEST(ModelFile, ReadsTheVersionBeforeAndTellsItsSampleFromOurs) {
  EXPECT_TRUE(Model::parse(small_file())->judged_by_unseen());
  std::string before = small_file();
  ASSERT_EQ(before[8], 5);
  before[8] = 4;
  before = with_valid_checksum(std::move(before));
  const auto model = Model::parse(before);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_FALSE(model->judged_by_unseen());
  EXPECT_TRUE(model->serialise() == before);
  EXPECT_FALSE(without_experts(*model, {"expert 1"})->judged_by_unseen());
}

TEST(ModelFile, SaysWhatIsWrong) {
  std::string other_version = small_file();
  other_version[8] = 9;
  EXPECT_THAT(Model::parse(other_version).error().message, testing::HasSubstr("version 9"));
  EXPECT_THAT(Model::parse("GGUF").error().message, testing::HasSubstr("not a model file"));
  EXPECT_THAT(Model::parse(small_file().substr(0, 200)).error().message,
              testing::HasSubstr("200 bytes"));
}

// The words stand in files, so no verdict may change its own.
TEST(ModelFile, KeepsTheWordsOfVerdictsAndTakesNoOthers) {
  const std::pair<Verdict, std::string_view> cases[] = {
      {Verdict::kept, "kept"},
      {Verdict::higher_log_loss, "higher log loss"},
      {Verdict::not_asked_for, "not asked for"},
      {Verdict::too_large, "too large"},
      {Verdict::not_surely_better_than_constant, "not surely better than the constant"},
      {Verdict::baseline, "a baseline"},
      {Verdict::better_baseline, "a baseline, surely better"}};
  for (const auto& [verdict, words] : cases) {
    EXPECT_EQ(to_string(verdict), words);
    EXPECT_EQ(parse_verdict(words), verdict);
  }
  EXPECT_EQ(parse_verdict(""), std::nullopt);
  EXPECT_EQ(parse_verdict("Kept"), std::nullopt);

  std::string other_words = small_file();
  const std::size_t at = other_words.find("higher log loss");
  ASSERT_NE(at, std::string::npos);
  other_words[at] = 'H';
  const auto model = Model::parse(with_valid_checksum(std::move(other_words)));
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, ErrorCode::corrupt);
}

// Whoever writes a file can write its checksum: behind it every size and number is checked again.
TEST(ModelFile, SurvivesHostileNumbersBehindAValidChecksum) {
  std::size_t refused = 0;
  for (std::size_t at = 20; at + 8 + kChecksumBytes <= small_file().size(); at += 61) {
    for (const std::uint64_t value : {std::uint64_t{0xFFFF'FFFF'FFFF'FFFF},
                                      std::uint64_t{0x4000'0000'0000'0000}, std::uint64_t{0}}) {
      std::string bytes = small_file();
      std::memcpy(bytes.data() + at, &value, sizeof value);
      bytes = with_valid_checksum(bytes);
      const auto model = Model::parse(bytes);
      if (!model) {
        ++refused;
        continue;
      }
      ASSERT_TRUE(model->serialise() == bytes) << at;
      Scratch scratch;
      std::vector<Prediction> predictions(model->card().experts.size());
      model->predict("s0w1 s1w2 question", scratch, predictions);
      for (const Prediction& prediction : predictions) {
        ASSERT_GE(prediction.quality, 0.0);
        ASSERT_LE(prediction.quality, 1.0);
      }
    }
  }
  EXPECT_GT(refused, 300U);
}

TEST(ModelFile, SavesLoadsAndNamesTheFileInErrors) {
  const std::string path = testing::TempDir() + "ooe_model_file_test.ooe";
  ASSERT_TRUE(save_model(*Model::parse(small_file()), path).has_value());
  const auto loaded = load_model(path);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(loaded->serialise() == small_file());
  ASSERT_TRUE(write_file_atomically(path, "OOEMODEL").has_value());
  EXPECT_THAT(load_model(path).error().message, testing::HasSubstr(path));
  std::filesystem::remove(path);
  EXPECT_EQ(load_model(path).error().code, ErrorCode::not_found);
}

// A corpus of files that the reader refuses at its first word tests little.
TEST(ModelFile, FuzzCorpusHoldsModelsOfThisVersion) {
  for (const char* name : {"constant", "ridge"}) {
    const auto model = load_model(std::string(OOE_SOURCE_DIR "/fuzz/corpus/model_file/") + name);
    ASSERT_TRUE(model.has_value()) << model.error().message << "; train one anew and put it there";
    EXPECT_EQ(model->card().kept, name);
    EXPECT_TRUE(model->judged_by_unseen());
  }
}

}  // namespace
}  // namespace ooe::predictor
