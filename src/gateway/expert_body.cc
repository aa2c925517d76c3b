#include "gateway/expert_body.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "gateway/redaction.h"

namespace ooe::gateway {
namespace {

std::string in_quotes(std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (!plain) return nlohmann::json(text).dump();
  std::string json;
  json.reserve(text.size() + 2);
  json.append(1, '"').append(text).append(1, '"');
  return json;
}

// The member that has the value, with the comma that goes with it.
ByteRange member_of(std::string_view body, ByteRange value) {
  const auto first_behind = [&](std::size_t at) { return body.find_first_not_of(kBlanks, at); };
  const auto last_before = [&](std::size_t at) { return body.find_last_not_of(kBlanks, at - 1); };
  const std::size_t colon = last_before(value.begin);
  const std::size_t quote = last_before(colon);
  ByteRange member{body.rfind('"', quote - 1), value.end};
  if (const std::size_t next = first_behind(member.end); body[next] == ',') {
    member.end = next + 1;
  } else if (const std::size_t last = last_before(member.begin); body[last] == ',') {
    member.begin = last;
  }
  return member;
}

}  // namespace

std::string body_for_expert(const ChatRequest& request, const Expert& expert, bool redacted) {
  // Replacements by place, first to last; the member that is added comes right behind the brace.
  std::vector<JsonEdit> edits;
  edits.push_back({request.model_value, in_quotes(expert.model)});
  if (request.stream && !request.include_usage && expert.stream_options) {
    edits.push_back(request.ask_for_usage);
  }
  if (const ByteRange given = request.stream_options_value;
      !expert.stream_options && given.begin < given.end) {
    edits.push_back({member_of(request.body, given), ""});
  }
  if (redacted) {
    const std::vector<JsonEdit> own = edits;
    for (const JsonEdit& edit : request.redaction->edits) {
      const bool gone_anyway = std::ranges::any_of(own, [&](const JsonEdit& other) {
        return edit.range.begin >= other.range.begin && edit.range.end <= other.range.end;
      });
      if (!gone_anyway) edits.push_back(edit);
    }
  }
  std::ranges::sort(edits, {}, [](const JsonEdit& edit) { return edit.range.begin; });
  return edited(request.body, edits);
}

}  // namespace ooe::gateway
