#include "store/reservation_file.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace ooe::store {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kProcessesMax = 16;  // that share a database and have keys

std::string file_of(const std::string& path, std::int64_t process) {
  return process == 0 ? path : fmt::format("{}-{}", path, process);
}

struct Content {
  std::vector<KeyCost> open;
  WallTime noted{};
  std::vector<ReservationFile::Charge> charged;
};

Result<Content> read(const std::string& path) {
  Content content;
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) return content;
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  try {
    const Json document = Json::parse(*text);
    for (const Json& open : document.at("open")) {
      content.open.push_back({open.at("key"), Usd{open.at("cost_nano_usd").get<std::int64_t>()}});
    }
    content.noted =
        WallTime(std::chrono::microseconds(document.value("noted_us", std::int64_t{0})));
    for (const Json& charge : document.at("charged")) {
      content.charged.push_back({charge.at("key"),
                                 Usd{charge.at("cost_nano_usd").get<std::int64_t>()},
                                 WallTime(std::chrono::microseconds(charge.at("at_us")))});
    }
  } catch (const Json::exception& exception) {
    return fail(ErrorCode::corrupt,
                "{}: not what running requests had reserved: {}; remove it, and what they cost is "
                "not charged to their keys",
                path, exception.what());
  }
  return content;
}

}  // namespace

Result<ReservationFile> ReservationFile::open(const std::string& path, WallTime now,
                                              WallTime forget_before) {
  auto lock = RunLocks::open(path + "-lock");
  if (!lock) return fail(lock.error());
  // One after the other: whoever looks who has died holds all free numbers for a moment. Locks of a
  // description of their own, since these are let go of at the end.
  auto heirs = RunLocks::open(path + "-lock");
  if (!heirs) return fail(heirs.error());
  if (auto first = heirs->wait_for(kProcessesMax); !first) return fail(first.error());
  std::int64_t process = 0;
  while (process < kProcessesMax && !lock->take(process)) ++process;
  if (process == kProcessesMax) {
    return fail(ErrorCode::unavailable, "{}-lock: {} processes serve on this database already",
                path, kProcessesMax);
  }
  ReservationFile file(file_of(path, process), std::move(*lock));
  // What others have left that are no more is taken over: it may be long until somebody takes their
  // number.
  std::vector<std::string> taken_over;
  for (std::int64_t other = 0; other < kProcessesMax; ++other) {
    const bool lives = other != process && !heirs->take(other);
    const std::string left = file_of(path, other);
    auto content = read(left);
    if (!content) return fail(content.error());
    if (lives) {
      file.is_shared_ = true;
      // What it has open is its own to settle; what it was charged, keys have spent.
      std::ranges::move(content->charged, std::back_inserter(file.charges_of_others_));
      continue;
    }
    for (Charge& charge : content->charged) {
      if (charge.at >= forget_before) file.charges_.push_back(std::move(charge));
    }
    // A clock that is behind at the start, and is set right later, must not date it too early.
    const WallTime at = std::max(now, content->noted);
    for (KeyCost& open : content->open) {
      file.charges_.push_back({std::move(open.key), open.cost, at});
    }
    if (other != process) taken_over.push_back(left);
  }
  if (auto ok = file.write(); !ok) return fail(ok.error());
  // Only now: who is killed in between charges twice, never not at all.
  std::error_code absent;
  for (const std::string& left : taken_over) std::filesystem::remove(left, absent);
  return file;
}

Result<void> ReservationFile::note(std::vector<KeyCost> open, WallTime now) {
  if (open == open_) return {};
  noted_ = now;
  const auto before = std::exchange(open_, std::move(open));
  auto written = write();
  if (!written) open_ = before;  // to be tried again
  return written;
}

Result<void> ReservationFile::write() const {
  Json document{{"open", Json::array()},
                {"noted_us", noted_.time_since_epoch().count()},
                {"charged", Json::array()}};
  for (const KeyCost& open : open_) {
    document["open"].push_back({{"key", open.key}, {"cost_nano_usd", open.cost.nano}});
  }
  for (const Charge& charge : charges_) {
    document["charged"].push_back({{"key", charge.key},
                                   {"cost_nano_usd", charge.cost.nano},
                                   {"at_us", charge.at.time_since_epoch().count()}});
  }
  return write_file_atomically(
      path_, document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n", kOwnerAlone);
}

}  // namespace ooe::store
