#include "experts/catalogue.h"

#include <unordered_set>
#include <utility>

#include "base/check.h"
#include "core/expert_name.h"
#include "http/message.h"

namespace ooe::experts {
namespace {

Result<void> check_name(const std::string& name) {
  if (name.empty()) {
    return fail(ErrorCode::invalid_argument, "an expert has no name; give every [[expert]] one");
  }
  const auto fault = expert_name_fault(name);
  if (!fault) return {};
  return fail(ErrorCode::invalid_argument, "expert '{}': {}; rename it", name, *fault);
}

Result<void> check_url(const Expert& expert) {
  const auto url = http::parse_url(expert.base_url);
  if (!url) {
    return fail(ErrorCode::invalid_argument, "expert {}: base_url: {}", expert.name,
                url.error().message);
  }
  const std::size_t query = url->path.find('?');
  if (query != std::string::npos && (expert.dialect != Dialect::openai ||
                                     url->path.find("api-version=", query) == std::string::npos)) {
    return fail(
        ErrorCode::invalid_argument,
        "expert {}: base_url {}?... has a query; give the address up to and including /v1, or "
        "Azure's with ?api-version=",  // not shown: there may be a key in it
        expert.name, expert.base_url.substr(0, expert.base_url.find('?')));
  }
  return {};
}

Result<void> check(Expert& expert) {
  if (auto named = check_name(expert.name); !named) return named;
  while (expert.base_url.ends_with('/')) expert.base_url.pop_back();
  for (const std::string& url : expert.more_base_urls) {
    if (const auto parsed = http::parse_url(url); !parsed) {
      return fail(ErrorCode::invalid_argument, "expert {}: base_urls: {}", expert.name,
                  parsed.error().message);
    }
  }
  if (auto reachable = check_url(expert); !reachable) return reachable;
  if (expert.context_tokens < 0) {
    return fail(ErrorCode::invalid_argument,
                "expert {}: context_tokens {} is negative; leave it out when it is unknown",
                expert.name, expert.context_tokens);
  }
  if (expert.model.empty()) expert.model = expert.name;
  return {};
}

}  // namespace

Result<Catalogue> Catalogue::make(std::vector<Expert> experts) {
  if (experts.empty()) {
    return fail(ErrorCode::invalid_argument, "there is no expert; add at least one [[expert]]");
  }
  std::unordered_set<std::string> names;
  for (Expert& expert : experts) {
    if (auto fine = check(expert); !fine) return fail_about(subject_of(expert), fine.error());
    if (!names.insert(expert.name).second) {
      return fail_about(subject_of(expert), ErrorCode::invalid_argument,
                        "two experts are named {}; rename one", expert.name);
    }
  }
  return Catalogue(std::move(experts));
}

Catalogue::Catalogue(std::vector<Expert> experts) : experts_(std::move(experts)) {
  for (std::size_t i = 0; i < experts_.size(); ++i) {
    by_name_.emplace(experts_[i].name, ExpertId{static_cast<std::int32_t>(i)});
  }
  for (std::size_t privacy = 0; privacy < kPrivacyClasses; ++privacy) {
    std::vector<std::string> names;
    for (const Expert& expert : experts_) {
      if (static_cast<PrivacyClass>(privacy) <= expert.clearance) names.push_back(expert.name);
    }
    cleared_[privacy] = NameList(std::move(names));
  }
}

const Expert& Catalogue::operator[](ExpertId id) const {
  OOE_CHECK(id.value >= 0 && id.index() < experts_.size(), "an expert of this catalogue");
  return experts_[id.index()];
}

std::optional<ExpertId> Catalogue::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

}  // namespace ooe::experts
