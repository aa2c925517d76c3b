#include "selfplay/journal_file.h"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "dataset/question_file.h"

namespace ooe::selfplay {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

Json figures_of(const Round& round) {
  Json screened = Json::object();
  for (std::size_t i = 0; i < kScreenings; ++i) {
    screened[std::string(to_string(static_cast<Screening>(i)))] = round.screened[i];
  }
  Json figures{{"round", round.number},
               {"finished", round.finished},
               {"screened", std::move(screened)},
               {"planned", round.calls.size()},
               {"asked", round.asked},
               {"failed", round.failed},
               {"exam_asked", round.exam_asked},
               {"spent_usd", to_string(round.spent)},
               {"promoted", round.promoted},
               {"reason", round.reason}};
  if (!round.wishes.empty()) {
    figures["written"] = {{"wishes", round.wishes.size()},
                          {"settled", round.settled},
                          {"unsettled", round.unsettled},
                          {"malformed", round.malformed}};
    if (!round.writing_note.empty()) figures["written"]["note"] = round.writing_note;
  }
  for (const Failure& failure : round.failures) {
    figures["failures"].push_back(
        {{"expert", failure.expert}, {"questions", failure.questions}, {"why", failure.why}});
  }
  if (round.exam.compared > 0) {
    figures["exam"] = {{"compared", round.exam.compared}, {"changed", round.exam.changed},
                       {"quality", round.exam.quality},   {"gain", round.exam.gain.mean},
                       {"gain_low", round.exam.gain.low}, {"gain_high", round.exam.gain.high},
                       {"ownership", round.ownership}};
  }
  return figures;
}

// What else of the writing must be on record to go on.
Json wishes_of(const Round& round) {
  Json wishes = Json::array();
  for (const WritingSeed& seed : round.wishes) {
    wishes.push_back({seed.topic, seed.level, static_cast<int>(seed.form), seed.variant});
  }
  return wishes;
}

void read_writing(const Json& json, Round& round) {
  const Json& written = json.at("written");
  round.settled = written.at("settled");
  round.unsettled = written.at("unsettled");
  round.malformed = written.at("malformed");
  round.writing_note = written.value("note", "");
  for (const Json& wish : json.at("wishes")) {
    round.wishes.push_back({.topic = wish.at(0),
                            .level = wish.at(1),
                            .form = static_cast<Form>(wish.at(2).get<std::uint8_t>() % kForms),
                            .variant = wish.at(3)});
  }
}

Json to_json(const JudgeNoise& noise) {
  return {noise.right_passed, noise.right, noise.wrong_passed, noise.wrong};
}

JudgeNoise noise_of(const Json& json) {
  return {.right_passed = json.at(0),
          .right = json.at(1),
          .wrong_passed = json.at(2),
          .wrong = json.at(3)};
}

Json to_json(const Round& round) {
  Json json = figures_of(round);
  if (!round.wishes.empty()) json["wishes"] = wishes_of(round);
  if (round.agreement.tried()) json["agreement"] = to_json(round.agreement);
  if (round.judging.tried()) json["judging"] = to_json(round.judging);
  json["questions"] = dataset::questions_jsonl(round.questions);
  json["calls"] = Json::array();
  for (const Call& call : round.calls) json["calls"].push_back({call.question, call.expert});
  return json;
}

// Questions travel as the file format that everything else reads.
Result<std::vector<Question>> questions_of(const Json& jsonl, std::string_view name) {
  const auto text = jsonl.get<std::string>();
  if (text.empty()) return std::vector<Question>();
  return dataset::parse_questions(text, name);
}

Result<Round> round_of(const Json& json, std::string_view name) {
  Round round;
  round.number = json.at("round");
  round.finished = json.at("finished");
  for (std::size_t i = 0; i < kScreenings; ++i) {
    round.screened[i] = json.at("screened").at(std::string(to_string(static_cast<Screening>(i))));
  }
  if (json.contains("written")) read_writing(json, round);
  if (json.contains("agreement")) round.agreement = noise_of(json["agreement"]);
  if (json.contains("judging")) round.judging = noise_of(json["judging"]);
  auto questions = questions_of(json.at("questions"), name);
  if (!questions) return fail(questions.error());
  round.questions = std::move(*questions);
  for (const Json& call : json.at("calls")) {
    round.calls.push_back({call.at(0), call.at(1)});
    if (round.calls.back().question >= round.questions.size()) {
      return fail(ErrorCode::corrupt, "{}: a call to question {} of {}", name,
                  round.calls.back().question, round.questions.size());
    }
  }
  round.asked = json.at("asked");
  round.failed = json.at("failed");
  round.exam_asked = json.at("exam_asked");
  const auto spent = parse_usd(json.at("spent_usd").get<std::string>());
  if (!spent) return fail(spent.error());
  round.spent = *spent;
  round.promoted = json.at("promoted");
  round.reason = json.at("reason");
  if (json.contains("failures")) {
    for (const Json& one : json["failures"]) {
      round.failures.push_back({one.at("expert"), one.at("questions"), one.at("why")});
    }
  }
  if (json.contains("exam")) {
    const Json& exam = json["exam"];
    round.exam = {.quality = exam.at("quality"),
                  .gain = {exam.at("gain"), exam.at("gain_low"), exam.at("gain_high")},
                  .compared = exam.at("compared"),
                  .changed = exam.at("changed")};
    round.ownership = exam.at("ownership");
  }
  return round;
}

// Of an error that may hold what it is about.
std::string first_words(std::string_view text) {
  constexpr std::size_t kBytesMax = 120;
  std::string words(text.substr(0, std::min(kBytesMax, text.find('\n'))));
  if (words.size() < text.size()) words += "...";
  return words;
}

}  // namespace

std::string round_json(const Round& round) {
  return figures_of(round).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string journal_json(const Journal& journal) {
  Json json{{"version", kVersion},
            {"seed", journal.seed},
            {"focus", journal.focus},
            {"experts", journal.experts},
            {"exam", dataset::questions_jsonl(journal.exam)},
            {"exam_size", journal.exam_size},
            {"before_usd", to_string(journal.before)},
            {"exam_before", journal.exam_before},
            {"rounds", Json::array()}};
  for (const Round& round : journal.rounds) json["rounds"].push_back(to_json(round));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Journal> parse_journal(std::string_view text, std::string_view name) {
  try {
    const Json json = Json::parse(text);
    if (json.at("version") != kVersion) {
      return fail(ErrorCode::corrupt, "{}: version {} is not {}; move it away to begin anew", name,
                  json.at("version").dump(), kVersion);
    }
    Journal journal{.seed = json.at("seed"),
                    .focus = json.at("focus"),
                    .experts = json.at("experts"),
                    .exam = {},
                    .before = {},
                    .rounds = {}};
    const auto before = parse_usd(json.value("before_usd", "0"));
    if (!before) return fail(before.error());
    journal.before = *before;
    auto exam = questions_of(json.at("exam"), name);
    if (!exam) return fail(exam.error());
    journal.exam = std::move(*exam);
    journal.exam_size = json.value("exam_size", journal.exam.size());
    journal.exam_before = json.value("exam_before", std::int64_t{-1});
    for (const Json& one : json.at("rounds")) {
      auto round = round_of(one, name);
      if (!round) return fail(round.error());
      for (const Call& call : round->calls) {
        if (call.expert >= journal.experts.size()) {
          return fail(ErrorCode::corrupt, "{}: a call to expert {} of {}", name, call.expert,
                      journal.experts.size());
        }
      }
      journal.rounds.push_back(std::move(*round));
    }
    return journal;
  } catch (const Json::parse_error& error) {
    // Its words hold what was read so far, which may be the whole file.
    return fail(
        ErrorCode::corrupt,
        "{}: damaged at byte {}, where JSON ends too soon or is none; move it away to begin "
        "anew",
        name, error.byte);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::corrupt, "{}: {}; move it away to begin anew", name,
                first_words(error.what()));
  }
}

std::string journal_path(const std::string& db_path) { return db_path + ".selfplay.json"; }

Result<std::optional<Journal>> load_journal(const std::string& path) {
  if (!std::filesystem::exists(path)) return std::optional<Journal>();
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  auto journal = parse_journal(*text, path);
  if (!journal) return fail(journal.error());
  return std::optional(std::move(*journal));
}

Result<void> save_journal(const std::string& path, const Journal& journal) {
  return write_file_atomically(path, journal_json(journal), kOwnerAlone);
}

}  // namespace ooe::selfplay
