#include "http/certificates.h"

#include <cerrno>
#include <ctime>
#include <memory>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include "base/system_words.h"
#include "http/tls.h"

namespace ooe::http {
namespace {

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE, X509_STORE_free>>;
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// OpenSSL says "system lib" of a file that is not there.
Result<void> check_readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return {};
  return fail(ErrorCode::invalid_argument, "'{}' cannot be read: {}", path, system_words(errno));
}

}  // namespace

Result<void> check_ca_file(const std::string& path) {
  if (auto ok = check_readable(path); !ok) return ok;
  const Store store(X509_STORE_new());
  ERR_clear_error();
  if (X509_STORE_load_file(store.get(), path.c_str()) == 1) return {};
  return fail(ErrorCode::invalid_argument, "'{}' has no certificates in PEM: {}", path,
              tls_failure());
}

Result<WallTime> certificate_expires(const std::string& path) {
  if (auto ok = check_readable(path); !ok) return fail(ok.error());
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "r"));
  if (!file) {
    return fail(ErrorCode::invalid_argument, "'{}' cannot be read: {}", path, system_words(errno));
  }
  ERR_clear_error();
  const Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  std::tm time{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) {
    return fail(ErrorCode::invalid_argument, "'{}' has no certificate in PEM: {}", path,
                tls_failure());
  }
  return WallTime(std::chrono::seconds(::timegm(&time)));
}

}  // namespace ooe::http
