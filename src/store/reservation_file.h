// What keys' running requests may still cost, kept beside the database, so that a kill gives no
// budget back: whoever serves next charges in full what was open. A charge is not a receipt, since
// nobody knows what was spent; it counts against budgets only, those of its day and month.
// In: what is open, every round of the receipt writer. Out: charges. Knows: base.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/run_locks.h"
#include "store/store.h"

namespace ooe::store {

// Threads: one at a time.
class ReservationFile {
 public:
  struct Charge {
    std::string key;
    Usd cost;
    WallTime at;  // when the next one started, and not before it was last noted as open

    friend bool operator==(const Charge&, const Charge&) = default;
  };

  // `path`: of the file, which need not exist; several processes take one each, with a number
  // behind. What it says was open is charged now, and so is what is left of processes that are no
  // more; charges before `forget_before` are left out.
  // Errors: unavailable when it cannot be locked, read or written; corrupt when it is no such file.
  [[nodiscard]] static Result<ReservationFile> open(const std::string& path, WallTime now,
                                                    WallTime forget_before);

  [[nodiscard]] std::span<const Charge> charges() const { return charges_; }
  // Of the processes that had one of these when this was opened, as of then. They count against
  // budgets just as well, and stay in the files of those who have them.
  [[nodiscard]] std::span<const Charge> charges_of_others() const { return charges_of_others_; }
  // Whether another process had one of these when this was opened.
  [[nodiscard]] bool is_shared() const { return is_shared_; }

  // Durable when it returns; costs nothing when nothing has changed. Errors: unavailable.
  [[nodiscard]] Result<void> note(std::vector<KeyCost> open, WallTime now);

 private:
  ReservationFile(std::string path, RunLocks lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  [[nodiscard]] Result<void> write() const;

  std::string path_;
  RunLocks lock_;  // held for as long as this lives
  bool is_shared_ = false;
  std::vector<Charge> charges_;
  std::vector<Charge> charges_of_others_;  // never written
  std::vector<KeyCost> open_;
  WallTime noted_{};
};

}  // namespace ooe::store
