#include "http/certificates.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/http/identity.h"

namespace ooe::http::testing {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;

class Certificates : public ::testing::Test {
 protected:
  Certificates() { std::filesystem::create_directories(folder_); }
  ~Certificates() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ =
      ::testing::TempDir() + "certificates-" + std::to_string(::getpid()) + "/";
  const std::string good_ = folder_ + "good.pem";
};

TEST_F(Certificates, AreGoodForAnHourHere) {
  Identity("DNS:localhost").save(good_);
  EXPECT_TRUE(check_ca_file(good_).has_value());
  const auto expires = certificate_expires(good_);
  ASSERT_TRUE(expires.has_value()) << expires.error().message;
  const auto left = *expires - SystemClock().wall_now();
  EXPECT_GT(left, minutes(50));
  EXPECT_LE(left, minutes(60));
}

TEST_F(Certificates, SaysWhichFileHasNoneAndWhy) {
  const std::string broken = folder_ + "broken.pem";
  ASSERT_TRUE(write_file_atomically(broken, "no PEM").has_value());
  for (const auto& [path, why] :
       {std::pair(folder_ + "absent.pem", "No such file"), std::pair(broken, "in PEM")}) {
    for (const auto& message :
         {check_ca_file(path).error().message, certificate_expires(path).error().message}) {
      EXPECT_THAT(message, HasSubstr("'" + path + "'"));
      EXPECT_THAT(message, HasSubstr(why));
    }
  }
}

}  // namespace
}  // namespace ooe::http::testing
