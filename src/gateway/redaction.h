// Redaction: what the detector finds in a request is replaced by placeholders such as <EMAIL_1>
// before an expert sees it that is not cleared for it, and put back into that expert's answer. In:
// a chat request's body, a detector. Out: the changes, and the way back. Knows: privacy.
//
// It fails closed, in three ways. What cannot be replaced (a number outside a string, a span over
// two strings, too many values) is an error, and then nobody sees the request who is not cleared.
// What was found once is replaced wherever it stands, found there or not, and of a secret all that
// touches it. And the redacted body is looked at again, but for the placeholders: `left` is the
// class of what the detector still finds, by which experts are judged.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/privacy.h"
#include "gateway/json_strings.h"
#include "privacy/detector.h"

namespace ooe::gateway {

struct Redaction {
  struct Replaced {
    std::string placeholder;  // <EMAIL_1>; equal texts have the same one
    std::string original;     // without JSON's escapes
  };
  std::vector<Replaced> replaced = {};   // in the order of the placeholders' text
  std::vector<JsonEdit> edits = {};      // of the body
  std::vector<std::string> counts = {};  // for the receipt: "email 2", different texts of a kind
  PrivacyClass left = PrivacyClass::restricted;
  // The request asks for an answer whose text is JSON: originals stand in it as in arguments.
  bool answer_is_json = false;
};

// Places at which something was found, values of a request that are replaced, and bytes that are
// looked through for them: at most.
inline constexpr std::size_t kFindingsMax = 131'072;
inline constexpr std::size_t kRedactedMax = 256;
inline constexpr std::size_t kRedactionWorkMax = std::size_t{256} << 20U;
// Shorter values are replaced only where they were found: they may stand elsewhere by chance.
inline constexpr std::size_t kSpreadBytesMin = 6;

// Placeholders that the body already holds are passed over, so that putting back is unambiguous.
// Requires: `body` is valid JSON. Errors: invalid_argument, with what cannot be replaced (never its
// text); those of the detector.
[[nodiscard]] Result<Redaction> redact(std::string_view body, const privacy::Detector& detector);

// Puts originals back into answers. A placeholder counts in any string's value, cut between the
// chunks of a stream or not, with < and > escaped or not; all bytes around it stay as they are. An
// event that ends inside what may be a placeholder waits for the next ones.
class Restorer {
 public:
  // Events that wait for the end of a placeholder hold at most this; beyond, they go as they are.
  static constexpr std::size_t kHeldBytesMax = std::size_t{1} << 20U;

  explicit Restorer(std::shared_ptr<const Redaction> redaction);
  ~Restorer();
  Restorer(Restorer&&) noexcept;
  Restorer& operator=(Restorer&&) noexcept;

  // Returns a whole answer, not streamed, with its originals put back.
  [[nodiscard]] std::string whole(std::string_view json) const;

  // Takes whole events of a stream. Returns what may go on.
  [[nodiscard]] std::string feed(std::string_view events);
  // Returns what still waits when the stream has ended.
  [[nodiscard]] std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::gateway
