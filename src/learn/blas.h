// Which kernels the library for matrices has chosen. OpenBLAS does not know processors that are
// newer than itself, takes some of its oldest kernels for them, and says nothing: training then
// takes several times as long. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ooe::learn {

// What to tell people about kernels of that name (those of openblas_get_corename()) on a processor
// that has AVX2 and FMA, or has not. Nothing: they fit, or the name is not known here.
[[nodiscard]] std::optional<std::string> advice_on_kernels(std::string_view kernels, bool has_avx2);
// The same of this process, on this machine.
[[nodiscard]] std::optional<std::string> advice_on_kernels();

}  // namespace ooe::learn
