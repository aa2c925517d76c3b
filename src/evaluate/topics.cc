#include "evaluate/topics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "base/ascii.h"
#include "base/rng.h"
#include "base/unicode.h"
#include "encoder/words.h"

namespace ooe::evaluate {
namespace {

constexpr std::size_t kTextsPerTopic = 60;
constexpr std::size_t kTopicsMax = 12;
constexpr std::size_t kRounds = 20;
constexpr std::size_t kStarts = 4;  // k-means ends in a local optimum; the best of these is kept
constexpr std::size_t kWordBytesMin = 4;  // shorter ones tell little
constexpr double kCommonest = 0.15;       // words in more texts than this are everybody's
constexpr std::size_t kNamingWords = 3;

struct Term {
  std::size_t word;
  double weight;
};
using Vector = std::vector<Term>;  // of unit length

struct Words {
  std::vector<std::string> names;
  std::vector<Vector> texts;
};

Words words_of(std::span<const std::string> texts) {
  std::vector<std::map<std::string, double>> counts(texts.size());
  std::map<std::string, std::size_t> in_texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string normal = normalise_text(texts[i]);
    std::string_view rest = normal;
    for (auto word = encoder::next_word(rest); !word.empty(); word = encoder::next_word(rest)) {
      if (word.size() < kWordBytesMin || is_digit(word.front())) continue;
      if (++counts[i][std::string(word)] == 1.0) ++in_texts[std::string(word)];
    }
  }
  const auto n = static_cast<double>(texts.size());
  Words words;
  std::map<std::string, std::size_t> index;
  for (const auto& [word, count] : in_texts) {
    if (count < 3 || static_cast<double>(count) > kCommonest * n) continue;
    index.emplace(word, words.names.size());
    words.names.push_back(word);
  }
  for (const auto& of_text : counts) {
    Vector vector;
    double squares = 0.0;
    for (const auto& [word, count] : of_text) {
      const auto at = index.find(word);
      if (at == index.end()) continue;
      const double idf = std::log(n / static_cast<double>(in_texts[word]));
      vector.push_back({at->second, (1.0 + std::log(count)) * idf});
      squares += vector.back().weight * vector.back().weight;
    }
    for (Term& term : vector) term.weight /= std::sqrt(squares);
    words.texts.push_back(std::move(vector));
  }
  return words;
}

double dot(const Vector& text, const std::vector<double>& centre) {
  double sum = 0.0;
  for (const Term& term : text) sum += term.weight * centre[term.word];
  return sum;
}

// The nearest centre, the lower index among equals.
std::size_t nearest(const Vector& text, const std::vector<std::vector<double>>& centres) {
  std::size_t best = 0;
  double most = -1.0;
  for (std::size_t k = 0; k < centres.size(); ++k) {
    const double likeness = dot(text, centres[k]);
    if (likeness > most) {
      most = likeness;
      best = k;
    }
  }
  return best;
}

std::vector<double> dense(const Vector& text, std::size_t words) {
  std::vector<double> centre(words, 0.0);
  for (const Term& term : text) centre[term.word] = term.weight;
  return centre;
}

// Texts far from all centres so far are likelier to become the next one.
std::vector<std::vector<double>> first_centres(const Words& words, std::size_t topics, Rng& rng) {
  std::vector<double> distance(words.texts.size(), 1.0);
  std::vector<std::vector<double>> centres;
  while (centres.size() < topics) {
    const double total = std::accumulate(distance.begin(), distance.end(), 0.0);
    double left = rng.uniform() * total;
    std::size_t chosen = 0;
    while (chosen + 1 < distance.size() && left >= distance[chosen]) left -= distance[chosen++];
    centres.push_back(dense(words.texts[chosen], words.names.size()));
    for (std::size_t i = 0; i < distance.size(); ++i) {
      const double apart = std::max(0.0, 1.0 - dot(words.texts[i], centres.back()));
      distance[i] = std::min(distance[i], apart * apart);
    }
  }
  return centres;
}

std::vector<std::vector<double>> centres_of(const Words& words,
                                            const std::vector<std::size_t>& topic,
                                            std::size_t topics) {
  std::vector<std::vector<double>> centres(topics, std::vector<double>(words.names.size(), 0.0));
  for (std::size_t i = 0; i < topic.size(); ++i) {
    for (const Term& term : words.texts[i]) centres[topic[i]][term.word] += term.weight;
  }
  for (auto& centre : centres) {
    double squares = 0.0;
    for (const double weight : centre) squares += weight * weight;
    if (squares == 0.0) continue;
    for (double& weight : centre) weight /= std::sqrt(squares);
  }
  return centres;
}

struct Clusters {
  std::vector<std::vector<double>> centres;
  std::vector<std::size_t> topic;  // of each text
  double likeness = 0.0;           // sum over texts of that to their centre: what k-means maximises
};

Clusters cluster(const Words& words, std::size_t topics, Rng& rng) {
  Clusters clusters{first_centres(words, topics, rng), {}, 0.0};
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::vector<std::size_t> next;
    for (const Vector& text : words.texts) next.push_back(nearest(text, clusters.centres));
    if (next == clusters.topic) break;
    clusters.topic = std::move(next);
    clusters.centres = centres_of(words, clusters.topic, topics);
  }
  for (std::size_t i = 0; i < words.texts.size(); ++i) {
    clusters.likeness += dot(words.texts[i], clusters.centres[clusters.topic[i]]);
  }
  return clusters;
}

// The words by which a centre stands out most from the mean of all.
std::string name_of(const std::vector<std::vector<double>>& centres, std::size_t topic,
                    const std::vector<std::string>& names) {
  std::vector<double> apart(names.size());
  for (std::size_t word = 0; word < names.size(); ++word) {
    double mean = 0.0;
    for (const auto& centre : centres) mean += centre[word] / static_cast<double>(centres.size());
    apart[word] = centres[topic][word] - mean;
  }
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return apart[i]; });
  std::string name;
  for (std::size_t i = 0; i < std::min(kNamingWords, order.size()); ++i) {
    name += (name.empty() ? "" : ", ") + names[order[i]];
  }
  return name;
}

}  // namespace

std::vector<std::string> topics_of(std::span<const std::string> texts,
                                   const TopicOptions& options) {
  const std::size_t topics =
      options.topics > 0 ? options.topics
                         : std::clamp(texts.size() / kTextsPerTopic, std::size_t{2}, kTopicsMax);
  const Words words = words_of(texts);
  if (topics >= texts.size() || words.names.size() < topics) {
    return std::vector<std::string>(texts.size());
  }
  Rng rng(options.seed);
  Clusters best = cluster(words, topics, rng);
  for (std::size_t start = 1; start < kStarts; ++start) {
    Clusters other = cluster(words, topics, rng);
    if (other.likeness > best.likeness) best = std::move(other);
  }
  std::vector<std::string> topic_names;
  for (std::size_t k = 0; k < topics; ++k) {
    topic_names.push_back(name_of(best.centres, k, words.names));
  }
  std::vector<std::string> names;
  for (const std::size_t topic : best.topic) names.push_back(topic_names[topic]);
  return names;
}

}  // namespace ooe::evaluate
