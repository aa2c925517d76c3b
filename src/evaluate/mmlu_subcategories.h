// The 17 subcategories that MMLU's 57 subjects roll up into, as published with the benchmark.
// Source: Hendrycks et al. 2021, "Measuring Massive Multitask Language Understanding" (arXiv
// 2009.03300), and its code.
#pragma once

#include <string_view>

namespace ooe::evaluate {

// Returns the subcategory of a subject named as in the benchmark's files ("college_physics" is in
// "physics"); empty for a name that is none of the 57.
[[nodiscard]] std::string_view mmlu_subcategory(std::string_view subject);

}  // namespace ooe::evaluate
