// Reads labelled.txt; its head says what the marks mean.
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "privacy/finding.h"

namespace ooe::privacy {

struct Snippet {
  std::string kind;  // "prose hard-negative-card"
  std::string text;  // without marks
  std::vector<Finding> labels;
  bool held_out = false;  // by hash: not looked at while the detector was tuned
};

inline Snippet read_snippet(std::string kind, std::string_view marked) {
  constexpr std::string_view kOpen = "⟦";
  constexpr std::string_view kClose = "⟧";
  constexpr std::string_view kDropped = "‖";
  Snippet snippet;
  snippet.kind = std::move(kind);
  while (!marked.empty() && marked.back() == '\n') marked.remove_suffix(1);
  for (std::size_t at = 0; at < marked.size();) {
    const std::string_view rest = marked.substr(at);
    if (rest.starts_with(kOpen)) {
      const std::size_t bar = rest.find('|');
      const auto type = parse_finding_type(rest.substr(kOpen.size(), bar - kOpen.size()));
      if (!type) throw std::runtime_error("unknown label in: " + std::string(rest.substr(0, 40)));
      snippet.labels.push_back({*type, snippet.text.size(), 0});
      at += bar + 1;
    } else if (rest.starts_with(kClose)) {
      snippet.labels.back().end = snippet.text.size();
      at += kClose.size();
    } else if (rest.starts_with(kDropped)) {
      at += kDropped.size();
    } else {
      snippet.text += rest.front();
      ++at;
    }
  }
  snippet.held_out = blake2b_128(snippet.text).back() % 2 == 0;
  return snippet;
}

inline std::vector<Snippet> read_labelled(const std::string& path) {
  std::ifstream file(path);
  std::vector<Snippet> snippets;
  std::optional<std::string> kind;
  std::string marked;
  const auto finish = [&] {
    if (kind) snippets.push_back(read_snippet(*kind, marked));
    marked.clear();
  };
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("%% ")) {
      finish();
      kind = line.substr(3);
    } else {
      marked += line + '\n';
    }
  }
  finish();
  return snippets;
}

}  // namespace ooe::privacy
