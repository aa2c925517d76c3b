#include "gateway/http_error.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ooe::gateway {
namespace {

TEST(HttpError, HasOpenAisShapeWhateverBytesItQuotes) {
  for (const auto& [status, type] :
       std::vector<std::pair<int, std::string>>{{400, "invalid_request_error"},
                                                {404, "invalid_request_error"},
                                                {401, "authentication_error"},
                                                {429, "rate_limit_error"},
                                                {503, "server_error"}}) {
    const auto response =
        error_response(status, "a_code", "said \"\xff\"", std::chrono::seconds(3));
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(http::find_header(response.headers, "retry-after"), "3");
    const auto error = nlohmann::json::parse(response.body).at("error");
    EXPECT_EQ(error.at("type"), type);
    EXPECT_EQ(error.at("code"), "a_code");
    EXPECT_TRUE(error.at("param").is_null());
    EXPECT_EQ(error.at("message"), "said \"\xef\xbf\xbd\"");
  }
}

}  // namespace
}  // namespace ooe::gateway
