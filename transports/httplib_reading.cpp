#include "transports/httplib_reading.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iterator>

#include "base/clock.h"
#include "base/text.h"
#include "transports/deadline.h"
#include "transports/failure_sentences.h"
#include "transports/idle_connection.h"
#include "transports/wait_until.h"
#include "wire/token.h"

namespace fanout {
namespace {

constexpr std::size_t kReceivedAtOnce = 16 * 1024;
constexpr std::size_t kLongestLine = 8000;  // cpp-httplib's limit is a little more
constexpr unsigned kMostLines = 90;         // that of versions from 0.15 on, likewise

constexpr std::size_t kMostDigits = 18;  // of a length that can be counted

bool is_field(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         ::strncasecmp(line.data(), name.data(), name.size()) == 0;
}

bool has_plain_status(std::string_view line) {
  constexpr std::string_view kStart = "HTTP/1.x ";
  const std::size_t after = kStart.size() + 3;
  return (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) && line.size() > after &&
         line[kStart.size()] != ' ' && (line[after] == ' ' || line[after] == '\r');
}

// Whether a line of a head, with its CR, is of blanks and visible ASCII, and continues no other.
bool is_plain_line(std::string_view line) {
  if (line.empty() || line.find('\r') != line.size() - 1 || line.size() > kLongestLine)
    return false;
  const auto plain = [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); };
  return !line.starts_with(' ') && !line.starts_with('\t') &&
         std::all_of(line.begin(), line.end() - 1, plain);
}

bool is_plain_name(std::string_view name) {
  return std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '-'; });
}

// Whether every version of cpp-httplib reads this head as it is.
bool is_plain(std::string_view text) {
  if (!has_plain_status(text) || std::ranges::count(text, '\n') > kMostLines) return false;
  unsigned lengths = 0;
  bool is_status_line = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!is_plain_line(line)) return false;
    const std::size_t colon = std::min(line.find(':'), line.size() - 1);
    if (!is_plain_name(line.substr(0, colon)) && !is_status_line) return false;
    is_status_line = false;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (is_field(line, "Content-Length") &&
        (++lengths > 1 || value.size() > kMostDigits ||
         value.find_first_not_of("0123456789") != std::string_view::npos)) {
      return false;
    }
    if (is_field(line, "Transfer-Encoding") && value != "chunked") return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

// A connection, read by way of HttplibReading.
class ReadingStream final : public httplib::Stream {
 public:
  ReadingStream(int fd, TlsStream& tls, HttplibReading& reading, std::int64_t answer_by)
      : fd_(fd), tls_(tls), reading_(reading), answer_by_(answer_by) {}

  [[nodiscard]] bool is_readable() const override { return at_ < out_.size() || wait(POLLIN); }
  [[nodiscard]] bool is_writable() const override { return wait(POLLOUT); }
  ssize_t read(char* space, std::size_t size) override {
    while (at_ == out_.size()) {
      const ssize_t got = receive();
      if (got <= 0) return got;
    }
    const std::size_t taken = out_.copy(space, size, at_);
    at_ += taken;
    return static_cast<ssize_t>(taken);
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    while (true) {
      const ssize_t sent =
          tls_ ? tls_.write({bytes, size}) : ::send(fd_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0 || (errno != EAGAIN && errno != EINTR)) return sent;
      if (!wait(POLLOUT)) return -1;
    }
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return fd_; }

 private:
  [[nodiscard]] bool wait(short events) const { return wait_until(fd_, events, answer_by_); }

  // TLS may hold what has come, a plain answer is never there at once.
  ssize_t receive_some() {
    if (!tls_ && !wait(POLLIN)) return -1;
    while (true) {
      const ssize_t bytes = tls_ ? tls_.read(received_)
                                 : ::recv(fd_, received_.data(), received_.size(), MSG_DONTWAIT);
      if (bytes >= 0 || (errno != EAGAIN && errno != EINTR)) return bytes;
      if (!wait(POLLIN)) return -1;
    }
  }

  ssize_t receive() {
    if (!reading_.broken().empty()) return -1;
    const ssize_t bytes = receive_some();
    if (bytes <= 0) return bytes;
    out_.clear();
    at_ = 0;
    reading_.received({received_.data(), static_cast<std::size_t>(bytes)}, out_);
    return reading_.broken().empty() || !out_.empty() ? bytes : -1;
  }

  int fd_;
  TlsStream& tls_;
  HttplibReading& reading_;
  std::int64_t answer_by_;
  std::array<char, kReceivedAtOnce> received_;
  std::string out_;  // what the library has not read yet: from at_ on
  std::size_t at_ = 0;
};

}  // namespace

void HttplibReading::begin(bool head_request) {
  head_request_ = head_request;
  in_body_ = surplus_ = false;
  head_end_.clear();
  held_.clear();
  broken_ = {};
}

void HttplibReading::received(std::string_view bytes, std::string& out) {
  if (in_body_) return write_body(bytes, out);
  held_ += bytes;
  std::string_view rest = held_;
  while (!rest.empty() && !in_body_ && broken_.empty()) {
    const std::size_t before = rest.size();
    rest = read_head_of(rest, out);
    if (rest.size() == before) break;
  }
  if (in_body_ && broken_.empty()) write_body(rest, out);
  held_.erase(0, held_.size() - rest.size());
}

// Returns what follows the head; all of it if the head is not whole. One of an interim response
// (100 to 199, but for 101) is kept from the library, which knows only 100.
std::string_view HttplibReading::read_head_of(std::string_view bytes, std::string& out) {
  const std::size_t size = head_end_.find(bytes);
  broken_ = head_end_.broken();
  if (size == 0) return bytes;
  const std::string_view text = bytes.substr(0, size);
  broken_ = read_head(text, head_);
  if (!broken_.empty()) return bytes;
  constexpr unsigned kSwitchingProtocols = 101;
  in_body_ = head_.status >= 200 || head_.status == kSwitchingProtocols;
  if (in_body_) write_head(text, out);
  const bool none = head_request_ || head_.status == 204 || head_.status == 304;
  body_.begin(none ? Framing::counted : head_.framing, none ? 0 : head_.length);
  head_end_.clear();
  return bytes.substr(size);
}

void HttplibReading::write_head(std::string_view text, std::string& out) const {
  if (head_.status != 304 && is_plain(text)) {
    out += text;
    return;
  }
  const auto field = [&](std::string_view name, auto value) {
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
  };
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} X\r\n", head_.status);
  if (!head_.token.view().empty()) field(kTokenHeader, head_.token.view());
  if (head_.retry_after_s > 0) field(kRetryAfterHeader, head_.retry_after_s);
  if (!head_.keep_alive) field("Connection", "close");
  if (head_.status == 304) {
    field("Content-Length", 0);
  } else if (head_.framing == Framing::chunked) {
    field("Transfer-Encoding", "chunked");
  } else if (head_.framing == Framing::counted) {
    field("Content-Length", head_.length);
  }
  out += "\r\n";
}

// Chunks are written anew, without what the library does not read.
void HttplibReading::write_body(std::string_view bytes, std::string& out) {
  const bool chunked = head_.framing == Framing::chunked;
  while (!bytes.empty() && !body_.complete() && !body_.broken()) {
    const std::string_view data = body_.take(bytes);
    if (!data.empty() && chunked) fmt::format_to(std::back_inserter(out), "{:x}\r\n", data.size());
    out += data;
    if (!data.empty() && chunked) out += "\r\n";
    if (chunked && body_.complete()) out += "0\r\n\r\n";
  }
  if (body_.broken()) broken_ = sentence::kBadChunk;
  surplus_ = surplus_ || !bytes.empty();
}

void ReadingHttplibClient::begin(bool head_request, std::int64_t connect_by,
                                 std::int64_t answer_by) {
  reading_.begin(head_request);
  connect_by_ = connect_by;
  answer_by_ = answer_by;
}

bool ReadingHttplibClient::is_quiet() {
  return tls_ ? tls_.is_quiet() : fanout::is_quiet(socket());
}

bool ReadingHttplibClient::create_and_connect_socket(Socket& socket, httplib::Error& error) {
  tls_ = {};
  handshake_ = Outcome::ok;
  return ClientImpl::create_and_connect_socket(socket, error);
}

void ReadingHttplibClient::shutdown_ssl(Socket&, bool) { tls_.shut_down(); }

bool ReadingHttplibClient::process_socket(const Socket& socket,
                                          std::function<bool(httplib::Stream&)> callback) {
  if (tls_client_ != nullptr && !tls_) {
    tls_ = tls_client_->stream(target_, socket.sock);
    if (tls_) handshake_ = shake_hands(socket.sock);
    if (handshake_ != Outcome::ok) return false;
  }
  ReadingStream stream(socket.sock, tls_, reading_, answer_by_);
  return callback(stream);
}

Outcome ReadingHttplibClient::shake_hands(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  const std::int64_t deadline = std::min(answer_by_, connect_by_);
  while (true) {
    const TlsStream::Handshake step = tls_.handshake();
    if (step == TlsStream::Handshake::done) return Outcome::ok;
    if (step == TlsStream::Handshake::failed) return handshake_failure(errno);
    const short wanted = step == TlsStream::Handshake::wants_read ? POLLIN : POLLOUT;
    if (!wait_until(fd, wanted, deadline)) {
      return deadline == answer_by_ ? Outcome::timeout : Outcome::connect_timeout;
    }
  }
}

}  // namespace fanout
