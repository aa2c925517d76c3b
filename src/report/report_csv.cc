#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "report/report.h"

namespace ooe::report {
namespace {

using evaluate::Interval;

// RFC 4180: quoted when it has to be.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string csv_number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : std::string();
}

class Lines {
 public:
  void add(std::string_view section, std::string_view name, std::string_view expert,
           std::string_view figure, const Interval& interval) {
    text_ +=
        fmt::format("{},{},{},{},{},{},{}\n", section, field(name), field(expert), figure,
                    csv_number(interval.mean), csv_number(interval.low), csv_number(interval.high));
  }
  void add(std::string_view section, std::string_view name, std::string_view expert,
           std::string_view figure, double value) {
    add(section, name, expert, figure, Interval{value, std::nan(""), std::nan("")});
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_ = "section,name,expert,figure,value,low,high\n";
};

void add_routed(Lines& lines, const std::string& name, const evaluate::Routed& routed,
                const evaluate::Evaluation& evaluation) {
  lines.add("routing", name, "", "accuracy", routed.accuracy);
  lines.add("routing", name, "", "usd_per_1k", routed.usd_per_1k);
  lines.add("routing", name, "", "gain", routed.gain);
  lines.add("routing", name, "", "to_oracle", routed.to_oracle);
  lines.add("routing", name, "", "recall_failure", routed.recall_failure);
  lines.add("routing", name, "", "prediction_loss", routed.prediction_loss);
  lines.add("routing", name, "", "policy_loss", routed.policy_loss);
  for (std::size_t i = 0; i < routed.share.size(); ++i) {
    if (routed.share[i] == 0.0) continue;
    lines.add("routing", name, evaluation.experts[i].name, "share", routed.share[i]);
  }
}

void add_evaluation(Lines& lines, const evaluate::Evaluation& evaluation) {
  for (const auto& expert : evaluation.experts) {
    lines.add("experts", "all", expert.name, "accuracy", expert.accuracy);
    lines.add("experts", "all", expert.name, "questions", static_cast<double>(expert.n_measured));
    lines.add("experts", "all", expert.name, "usd_per_1k", expert.usd_per_1k);
    lines.add("experts", "all", expert.name, "auc", expert.prediction.auc);
    lines.add("experts", "all", expert.name, "log_loss", expert.prediction.log_loss);
    for (const auto& split : expert.splits) {
      lines.add("experts", split.split, expert.name, "accuracy", split.accuracy);
    }
  }
  lines.add("routing", "random mix", "", "accuracy", evaluation.random_mix);
  lines.add("routing", "best single", evaluation.experts[evaluation.best_single.index()].name,
            "accuracy", evaluation.best_single_accuracy);
  lines.add("routing", "oracle", "", "accuracy", evaluation.oracle);
  add_routed(lines, "best quality", evaluation.at_best_quality, evaluation);
  if (evaluation.at_best_single_cost) {
    add_routed(lines, "same cost", *evaluation.at_best_single_cost, evaluation);
  }
  for (std::size_t i = 0; i < evaluation.frontier.size(); ++i) {
    add_routed(lines, fmt::format("frontier {}", i + 1), evaluation.frontier[i], evaluation);
  }
  for (const auto& bin : evaluation.reliability) {
    const std::string name = fmt::format("{:.4f}", bin.quality);
    lines.add("reliability", name, "", "score", bin.score);
    lines.add("reliability", name, "", "answers", static_cast<double>(bin.n));
  }
}

void add_methods(Lines& lines, const evaluate::Evaluation& evaluation) {
  lines.add("methods", "zero router", "", "aiq", evaluation.methods.zero_aiq);
  for (const auto& method : evaluation.methods.methods) {
    lines.add("methods", method.name, "", "accuracy", method.accuracy);
    lines.add("methods", method.name, "", "gain", method.gain);
    lines.add("methods", method.name, "", "kept_leads_by", method.lead);
    lines.add("methods", method.name, "", "log_loss", method.prediction.log_loss);
    lines.add("methods", method.name, "", "brier", method.prediction.brier);
    lines.add("methods", method.name, "", "auc", method.prediction.auc);
    lines.add("methods", method.name, "", "ece", method.prediction.calibration_error);
    lines.add("methods", method.name, "", "aiq", method.aiq);
    lines.add("methods", method.name, "", "aiq_over_zero", method.aiq_over_zero);
  }
  if (!evaluation.deferral) return;
  const std::string& strong = evaluation.experts[evaluation.deferral->strong.index()].name;
  for (const auto& method : evaluation.deferral->methods) {
    lines.add("deferral", method.name, strong, "apgr", method.apgr);
    lines.add("deferral", method.name, strong, "cpt50", method.cpt50);
    lines.add("deferral", method.name, strong, "cpt80", method.cpt80);
    lines.add("deferral", method.name, strong, "share_at_parity", method.share_at_parity);
    lines.add("deferral", method.name, strong, "share_at_minus_point", method.share_at_minus_point);
    lines.add("deferral", method.name, strong, "honest_share_at_minus_point",
              method.honest_minus_point.weak_share);
    lines.add("deferral", method.name, strong, "kept_leads_by", method.lead);
  }
}

void add_domains(Lines& lines, const Report& report) {
  for (const auto& table : report.domains) {
    for (const auto& domain : table.domains) {
      const auto add = [&](std::string_view expert, std::string_view figure, const auto& value) {
        lines.add(table.title, domain.name, expert, figure, value);
      };
      add("", "questions", static_cast<double>(domain.n));
      add("", "traffic", domain.traffic);
      add("", "headroom", domain.headroom);
      add("", "routed", domain.routed);
      add("", "oracle", domain.oracle);
      for (std::size_t i = 0; i < domain.accuracy.size(); ++i) {
        add(report.evaluation.experts[i].name, "accuracy", domain.accuracy[i]);
      }
      if (domain.specialist.value >= 0) {
        const auto& name = report.evaluation.experts[domain.specialist.index()].name;
        add(name, "specialist_accuracy", domain.specialist_accuracy);
        add(name, "specialist_lead", domain.specialist_lead);
      }
      if (domain.outsider) {
        add(report.outsiders[*domain.outsider], "outsider_gain", domain.outsider_gain);
      }
    }
  }
}

void add_selection(Lines& lines, const Selection& selection) {
  for (std::size_t i = 0; i < selection.figures.members.size(); ++i) {
    const auto& member = selection.figures.members[i];
    const std::string place = fmt::format("member {}", i + 1);
    const std::string& name = selection.experts[member.expert.index()];
    lines.add("selection", place, name, "gain", member.gain);
    lines.add("selection", place, name, "left_out", member.left_out);
    lines.add("selection", place, name, "share", member.share);
    lines.add("selection", place, name, "overlap", member.overlap);
  }
  for (const auto& outsider : selection.figures.outsiders) {
    const std::string& name = selection.experts[outsider.expert.index()];
    lines.add("selection", "outside", name, "gain", outsider.gain);
    lines.add("selection", "outside", name, "usd_per_1k", outsider.usd_per_1k);
  }
  for (std::size_t i = 0; i < selection.figures.sizes.size(); ++i) {
    const auto& size = selection.figures.sizes[i];
    const std::string name = fmt::format("size {}", i + 1);
    lines.add("selection", name, selection.experts[size.added.index()], "predictable",
              size.predictable);
    lines.add("selection", name, selection.experts[size.added.index()], "oracle", size.oracle);
  }
}

}  // namespace

std::string report_csv(const Report& report) {
  Lines lines;
  add_evaluation(lines, report.evaluation);
  add_methods(lines, report.evaluation);
  add_domains(lines, report);
  if (report.selection) add_selection(lines, *report.selection);
  return std::move(lines).text();
}

}  // namespace ooe::report
