#include "gateway/routes.h"

#include <algorithm>
#include <array>

namespace ooe::gateway {
namespace {

constexpr std::string_view kPost = "POST";
constexpr std::string_view kGet = "GET, HEAD";
constexpr std::array<Route, 10> kRoutes{{{"/v1/chat/completions", kPost, To::chat},
                                         {"/v1/orchestrate", kPost, To::decision},
                                         {"/v1/models", kGet, To::models},
                                         {kModelPath, kGet, To::model},
                                         {"/healthz", kGet, To::alive, false},
                                         {"/readyz", kGet, To::ready, false},
                                         {"/metrics", kGet, To::metrics, true, true},
                                         {"/dashboard", kGet, To::nowhere_yet, false},
                                         {"/v1/embeddings", kPost, To::nowhere_yet},
                                         {"/v1/feedback", kPost, To::nowhere_yet}}};

}  // namespace

const Route* find_route(std::string_view path) {
  const auto route =
      std::ranges::find(kRoutes, path.starts_with(kModelPath) ? kModelPath : path, &Route::path);
  return route == kRoutes.end() ? nullptr : &*route;
}

bool takes(const Route& route, std::string_view method) {
  return method == "POST" ? route.methods == kPost
                          : route.methods == kGet && (method == "GET" || method == "HEAD");
}

}  // namespace ooe::gateway
