// Private to this room: what a Loop is made of.
#pragma once

#include <boost/asio/executor_work_guard.hpp>

#include "http/alarms.h"
#include "http/asio.h"
#include "http/loop.h"

namespace ooe::http {

struct Loop::Impl {
  Impl() { alarms.open(context); }
  ~Impl() { alarms.close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Alarms alarms;                // first: the context destroys connections, and they their deadlines
  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<Executor> work{context.get_executor()};
};

[[nodiscard]] inline Executor executor_of(Loop& loop) { return loop.impl().context.get_executor(); }

}  // namespace ooe::http
