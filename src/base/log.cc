#include "base/log.h"

#include <string>

#include <spdlog/sinks/stdout_sinks.h>

namespace ooe {

Result<void> start_log(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return fail(ErrorCode::invalid_argument,
                "log level '{}' is unknown; use debug, info, warning, error or off", level);
  }
  auto logger =
      std::make_shared<spdlog::logger>("ooe", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(parsed);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

}  // namespace ooe
