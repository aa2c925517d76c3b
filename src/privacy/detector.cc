#include "privacy/detector.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <re2/set.h>

#include "privacy/escapes.h"
#include "privacy/scan.h"

namespace ooe::privacy {
namespace {

constexpr std::size_t kRulesMax = 1'000;

RE2::Options rule_options(std::int64_t memory_max) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory_max);
  return options;
}

}  // namespace

FindingClasses default_classes() {
  FindingClasses classes{};
  const auto set = [&](FindingType type, PrivacyClass privacy) {
    classes[static_cast<std::size_t>(type)] = privacy;
  };
  set(FindingType::email, PrivacyClass::confidential);
  set(FindingType::phone, PrivacyClass::confidential);
  set(FindingType::field, PrivacyClass::confidential);
  set(FindingType::ip, PrivacyClass::internal);
  for (const FindingType type :
       {FindingType::iban, FindingType::card, FindingType::us_id, FindingType::uk_id,
        FindingType::eu_id, FindingType::secret, FindingType::private_key}) {
    set(type, PrivacyClass::restricted);
  }
  return classes;
}

struct Detector::Impl {
  explicit Impl(DetectorOptions given)
      : options(std::move(given)), rules(rule_options(options.rule_memory_max), RE2::UNANCHORED) {}

  DetectorOptions options;
  RE2::Set rules;
};

Detector::Detector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

Result<Detector> Detector::make(DetectorOptions options) {
  if (options.rules.size() > kRulesMax) {
    return fail(ErrorCode::invalid_argument, "{} privacy rules are more than the {} that are read",
                options.rules.size(), kRulesMax);
  }
  auto impl = std::make_unique<Impl>(std::move(options));
  std::unordered_set<std::string_view> names;
  for (const Rule& rule : impl->options.rules) {
    if (rule.name.empty()) {
      return fail(ErrorCode::invalid_argument,
                  "the privacy rule for '{}' has no name; receipts need one", rule.pattern);
    }
    if (parse_finding_type(rule.name) || !names.insert(rule.name).second) {
      return fail(ErrorCode::invalid_argument,
                  "the name '{}' of a privacy rule is taken; choose another", rule.name);
    }
    std::string why;
    if (impl->rules.Add(rule.pattern, &why) < 0) {
      return fail(ErrorCode::invalid_argument,
                  "privacy rule '{}': '{}' is not a pattern that RE2 takes: {}", rule.name,
                  rule.pattern, why);
    }
  }
  if (!impl->options.rules.empty() && !impl->rules.Compile()) {
    return fail(ErrorCode::invalid_argument,
                "the privacy rules together need more than {} bytes; simplify them",
                impl->options.rule_memory_max);
  }
  return Detector(std::move(impl));
}

Result<Inspection> Detector::inspect(std::string_view text) const {
  const DetectorOptions& options = impl_->options;
  Inspection inspection;
  std::array<bool, kFindingTypes> seen{};
  const auto class_of = [&](FindingType type) {
    return options.classes[static_cast<std::size_t>(type)];
  };
  inspection.findings = find_personal_data(text);
  std::erase_if(inspection.findings, [&](const Finding& finding) {
    return class_of(finding.type) == PrivacyClass::public_;
  });
  for (const Finding& finding : inspection.findings) {
    seen[static_cast<std::size_t>(finding.type)] = true;
  }
  for (std::size_t type = 0; type < kFindingTypes; ++type) {
    if (!seen[type]) continue;
    inspection.privacy = std::max(inspection.privacy, options.classes[type]);
    inspection.reasons.emplace_back(to_string(static_cast<FindingType>(type)));
  }
  if (options.rules.empty()) return inspection;
  std::vector<int> matched;
  const auto match = [&](std::string_view in) -> Result<void> {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    if (!impl_->rules.Match(in, &found, &error) && error.kind != RE2::Set::kNoError) {
      return fail(ErrorCode::internal, "the privacy rules could not be matched: RE2 error {}",
                  static_cast<int>(error.kind));
    }
    matched.insert(matched.end(), found.begin(), found.end());
    return {};
  };
  if (const auto ok = match(text); !ok) return fail(ok.error());
  // A word behind an escape has its own beginning (\b) only without it.
  if (text.find('\\') != std::string_view::npos) {
    if (const auto ok = match(unescaped(text)); !ok) return fail(ok.error());
  }
  std::ranges::sort(matched);
  matched.erase(std::unique(matched.begin(), matched.end()), matched.end());
  for (const int index : matched) {
    const Rule& rule = options.rules[static_cast<std::size_t>(index)];
    inspection.privacy = std::max(inspection.privacy, rule.raises_to);
    inspection.reasons.push_back(rule.name);
  }
  return inspection;
}

}  // namespace ooe::privacy
