#include "dataset/csv_reader.h"

#include <algorithm>

#include "base/byte_order_mark.h"
#include "base/unicode.h"

namespace ooe::dataset {

CsvReader::CsvReader(std::string_view text, std::string_view name)
    : text_(without_byte_order_mark(text)), name_(name) {}

bool CsvReader::at_record_end() const {
  return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

// After the opening quote, up to and with the closing one.
Result<void> CsvReader::read_quoted(std::string& cell) {
  while (true) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) {
      return fail(ErrorCode::corrupt, "{}:{}: a quoted cell is never closed; end it with \"", name_,
                  line_);
    }
    const std::string_view piece = text_.substr(at_, quote - at_);
    next_line_ += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
    cell += piece;
    at_ = quote + 1;
    if (at_ < text_.size() && text_[at_] == '"') {
      cell += '"';
      ++at_;
      continue;
    }
    if (!at_record_end() && text_[at_] != ',') {
      return fail(ErrorCode::corrupt,
                  "{}:{}: text follows the closing quote of a cell; double the quotes inside it",
                  name_, next_line_);
    }
    return {};
  }
}

Result<bool> CsvReader::next() {
  while (at_ < text_.size() && at_record_end()) {
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++next_line_;
  }
  cells_.clear();
  if (at_ == text_.size()) return false;
  line_ = next_line_;
  while (true) {
    std::string& cell = cells_.emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      if (auto read = read_quoted(cell); !read) return fail(read.error());
    } else {
      const std::size_t begin = at_;
      while (!at_record_end() && text_[at_] != ',') ++at_;
      cell = text_.substr(begin, at_ - begin);
    }
    if (!is_valid_utf8(cell)) {
      return fail(ErrorCode::corrupt, "{}:{}: not valid UTF-8; convert the file to UTF-8", name_,
                  line_);
    }
    if (at_record_end()) return true;
    ++at_;  // the comma
  }
}

}  // namespace ooe::dataset
