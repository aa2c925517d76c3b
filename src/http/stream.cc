#include "http/stream.h"

#include <algorithm>
#include <climits>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>

#include "base/check.h"

namespace ooe::http {
namespace {

// OpenSSL reads and writes through these: its own BIO for sockets raises SIGPIPE, and does not know
// that a socket is empty without asking it.
Socket& socket_of(BIO* bio) { return *static_cast<Socket*>(BIO_get_data(bio)); }

int on_read(BIO* bio, char* room, int size) {
  BIO_clear_retry_flags(bio);
  const Transfer got = socket_of(bio).receive({room, static_cast<std::size_t>(size)});
  if (got.status == Io::done) return static_cast<int>(got.bytes);
  if (got.status == Io::again) BIO_set_retry_read(bio);
  return got.status == Io::end ? 0 : -1;
}

int on_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const Transfer sent = socket_of(bio).send({{bytes, static_cast<std::size_t>(size)}});
  if (sent.status == Io::done) return static_cast<int>(sent.bytes);
  if (sent.status == Io::again) BIO_set_retry_write(bio);
  return -1;
}

// Flushing is all that OpenSSL needs of a BIO without a buffer.
long on_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ooe socket");
    OOE_CHECK(made != nullptr, "OpenSSL has the memory for a method");
    BIO_meth_set_read(made, on_read);
    BIO_meth_set_write(made, on_write);
    BIO_meth_set_ctrl(made, on_control);
    return made;
  }();
  return method;
}

}  // namespace

Stream::Stream(Loop& loop, SocketUser& user, Descriptor accepted)
    : socket_(loop.impl(), user, std::move(accepted)) {}

void Stream::encrypt(Tls tls) {
  tls_ = std::move(tls);
  BIO* const bio = BIO_new(socket_method());
  OOE_CHECK(bio != nullptr, "OpenSSL has the memory for a BIO");
  BIO_set_data(bio, &socket_);
  BIO_set_init(bio, 1);
  SSL_set_bio(tls_.get(), bio, bio);  // which owns it
}

Io Stream::shake_hands() {
  ERR_clear_error();
  return status_of(SSL_do_handshake(tls_.get()));
}

Transfer Stream::read(std::span<char> room) {
  if (!tls_) return socket_.receive(room);
  ERR_clear_error();
  const int size = static_cast<int>(std::min<std::size_t>(room.size(), INT_MAX));
  const int count = SSL_read(tls_.get(), room.data(), size);
  if (count > 0) return {Io::done, static_cast<std::size_t>(count)};
  return {status_of(count)};
}

bool Stream::may_read() const {
  return socket_.may_receive() || (tls_ && SSL_has_pending(tls_.get()) != 0);
}

Transfer Stream::write(std::initializer_list<std::string_view> pieces) {
  if (!tls_) return socket_.send(pieces);
  Transfer sent{Io::done};
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      ERR_clear_error();
      const int size = static_cast<int>(std::min<std::size_t>(piece.size(), INT_MAX));
      const int count = SSL_write(tls_.get(), piece.data(), size);
      if (count <= 0) {
        const Io status = status_of(count);
        return {status == Io::again && sent.bytes > 0 ? Io::done : status, sent.bytes};
      }
      sent.bytes += static_cast<std::size_t>(count);
      piece.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  return sent;
}

bool Stream::end_writing() {
  if (!tls_) return socket_.end_sending();
  ERR_clear_error();
  return SSL_shutdown(tls_.get()) >= 0;
}

void Stream::close() {
  // OpenSSL forgets the session of a connection that ends without its goodbye. Nobody waits for
  // ours: a session is with a server, whatever became of one connection.
  if (tls_) SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  socket_.close();
}

void Stream::reset() {
  if (tls_) SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  socket_.reset();
}

Io Stream::status_of(int result) {
  if (result > 0) return Io::done;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Io::again;
    case SSL_ERROR_ZERO_RETURN:
      return Io::end;
    default:
      return Io::failed;
  }
}

}  // namespace ooe::http
