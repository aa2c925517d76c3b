// Private to this room: what a Loop is made of.
#pragma once

#include <memory>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>

#include "http/alarms.h"
#include "http/asio.h"
#include "http/loop.h"

namespace ooe::http {

// Who has something to write.
class Writer {
 public:
  virtual void flush() = 0;

 protected:
  ~Writer() = default;
};

struct Loop::Impl {
  Impl() { alarms.open(context); }
  ~Impl() { alarms.close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Alarms alarms;                // first: the context destroys connections, and they their deadlines
  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<Executor> work{context.get_executor()};
  std::vector<std::shared_ptr<Writer>>* batch = nullptr;  // of the FlushBatch in progress
};

// While it lives, those gather to whom the bytes of one read have given something to write; at its
// end they write, all of it at once and before the loop's next turn. Posting the same would cost
// that turn, a system call a chunk.
class FlushBatch {
 public:
  explicit FlushBatch(Loop::Impl& loop) : loop_(loop), before_(loop.batch) {
    loop_.batch = &writers_;
  }
  // NOLINTNEXTLINE(bugprone-exception-escape): only out of memory, which ends the process
  ~FlushBatch() {
    loop_.batch = before_;
    for (const auto& writer : writers_) writer->flush();
  }
  FlushBatch(const FlushBatch&) = delete;
  FlushBatch& operator=(const FlushBatch&) = delete;

 private:
  Loop::Impl& loop_;
  std::vector<std::shared_ptr<Writer>>* before_;
  std::vector<std::shared_ptr<Writer>> writers_;
};

[[nodiscard]] inline Executor executor_of(Loop& loop) { return loop.impl().context.get_executor(); }

}  // namespace ooe::http
