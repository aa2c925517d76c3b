// The lines of a table on real outcomes: ours with its bootstrap interval over questions, the floor
// and the aim it is held to, then every baseline. Standard output; one thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench/tasks/task_data.h"

namespace ooe::tasks {

inline const std::string kOurs = "ours";

// A figure of some questions, given by their places in a list of rows.
using RowsFigure = std::function<double(const Rows&)>;
// The same for each method.
using MethodFigure = std::function<double(const std::string&, const Rows&)>;

// Returns 0 to n - 1.
[[nodiscard]] Rows everything(std::size_t n);

// 95%, percentiles of resampled questions; the same at every call.
[[nodiscard]] std::pair<double, double> bootstrap_interval(std::size_t n, const RowsFigure& figure);

struct Bar {
  double floor;
  double aim;
  bool less_is_better = false;

  [[nodiscard]] bool met_by(double value) const {
    return less_is_better ? value <= floor : value >= floor;
  }
};

class FigureTable {
 public:
  // Prints a line and judges it. When the folds are drawn several times, the line of each draw
  // comes once, and the mean of a figure over the draws is judged instead, by print_means().
  // `methods`: those beside ours; kOurs among them is passed over.
  void print(const std::string& task, const Bar& bar, const std::vector<std::string>& methods,
             std::size_t n, const MethodFigure& figure);
  void print_means();
  void count_miss() { ++missed_; }  // of a line printed elsewhere
  [[nodiscard]] int missed() const { return missed_; }

 private:
  struct Line {
    std::string task;
    Bar bar;
    std::vector<double> ours;  // of each draw
  };
  std::vector<Line> lines_;
  int missed_ = 0;
};

}  // namespace ooe::tasks
