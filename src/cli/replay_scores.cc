#include "cli/replay_scores.h"

#include <algorithm>
#include <cstddef>

#include "base/byte_order_mark.h"
#include "base/parse_number.h"

namespace ooe::cli {

Result<Scores> parse_scores(std::string_view text, std::string_view path) {
  text = without_byte_order_mark(text);
  Scores scores;
  std::size_t number = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (++number == 1 && line == "receipt\tscore") continue;
    if (line.empty()) continue;
    const std::size_t tab = std::min(line.find('\t'), line.size());
    const auto id = parse_hex_id<ReceiptId>(line.substr(0, tab));
    const auto score = parse_number<double>(line.substr(std::min(tab + 1, line.size())));
    if (!id || !score || !(*score >= 0.0 && *score <= 1.0)) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: give a receipt's 32 hexadecimal digits, a tab and a score in [0, 1]",
                  path, number);
    }
    const auto [known, is_new] = scores.emplace(*id, *score);
    if (!is_new && known->second != *score) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: receipt {} has the score {} here and {} before; keep one of them", path,
                  number, line.substr(0, tab), *score, known->second);
    }
  }
  return scores;
}

}  // namespace ooe::cli
