// cpp-httplib's client, one for each target.
//
// It reports errors more coarsely than others: whatever keeps it from connecting counts as refused.
// With TLS it reads the socket itself: an answer that it cannot read looks like a connection closed
// before the header (reset), and its time limits are per wait; the limit on the whole request is
// checked whenever a piece of the body arrives, so a header that trickles in may exceed it.
#include <fmt/core.h>
#include <httplib.h>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/httplib_reading.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/tcp_connect.h"
#include "transports/tls_client.h"
#include "transports/tls_words.h"
#include "transports/verify.h"
#include "wire/socket_options.h"

namespace fanout {

namespace {

class HttplibClient final : public BlockingClient {
 public:
  explicit HttplibClient(const ClientConfig& config);
  // The handlers of the prepared requests point here.
  HttplibClient(const HttplibClient&) = delete;
  HttplibClient& operator=(const HttplibClient&) = delete;

  Response fetch(const Request& request) override;

 private:
  struct Destination {
    std::unique_ptr<httplib::ClientImpl> client;
    ReadingHttplibClient* plain = nullptr;  // that client, if it has no TLS
    httplib::SSLClient* tls = nullptr;      // ... if it has
    httplib::Request request;  // prepared; only the path changes
    std::int64_t idle_since = 0;
  };

  // What was seen of the response being received.
  struct Progress {
    std::int64_t connect_by = kNever;
    std::int64_t answer_by = kNever;
    std::uint64_t body_bytes = 0;
    unsigned status = 0;  // 0 until the header is complete
    bool late = false;
  };

  void connect_to(Destination& destination, const Target& target) const;
  void set_time(httplib::ClientImpl& client, std::chrono::nanoseconds left) const;
  void set_policy(httplib::ClientImpl& client) const;
  void set_tls(httplib::SSLClient& client, const Target& target) const;
  httplib::Request prepare(const Target& target);
  static bool keeps_good_connection(Destination& destination, std::int64_t now);
  Response exchange(Destination& destination, const Request& request);
  [[nodiscard]] Response unanswered(const Destination& destination, httplib::Error error) const;
  [[nodiscard]] Outcome failure(httplib::Error error) const;

  const ClientConfig& config_;
  std::vector<Destination> destinations_;
  Progress progress_;
};

HttplibClient::HttplibClient(const ClientConfig& config) : config_(config) {
  for (const Target& target : config.targets) {
    (void)socket_address(target);  // cpp-httplib would look a name up
    Destination destination;
    connect_to(destination, target);
    set_policy(*destination.client);
    destination.request = prepare(target);
    destinations_.push_back(std::move(destination));
  }
}

// The classes beneath httplib::Client, whose constructor takes the letters of an IPv6 address for
// the end of its URL.
void HttplibClient::connect_to(Destination& destination, const Target& target) const {
  const bool unix_socket = !target.unix_socket.empty();
  const std::string host = unix_socket           ? target.unix_socket
                           : target.name.empty() ? target.addresses.front()
                                                 : tls_name(target);
  if (target.tls) {
    auto client = std::make_unique<httplib::SSLClient>(host, target.port);
    destination.tls = client.get();
    set_tls(*client, target);
    destination.client = std::move(client);
  } else {
    auto client = unix_socket ? std::make_unique<ReadingHttplibClient>(host)
                              : std::make_unique<ReadingHttplibClient>(host, target.port);
    destination.plain = client.get();
    destination.client = std::move(client);
  }
  if (unix_socket) {
    destination.client->set_address_family(AF_UNIX);
  } else if (!target.name.empty()) {
    destination.client->set_hostname_addr_map({{host, target.addresses.front()}});
  }
}

void HttplibClient::set_time(httplib::ClientImpl& client, std::chrono::nanoseconds left) const {
  // Its own default, 0, would be "at once"; no limit cannot be said.
  static constexpr std::chrono::nanoseconds kNone = std::chrono::hours(1);
  const auto limit = [](std::chrono::nanoseconds time) {
    return std::chrono::ceil<std::chrono::microseconds>(time.count() > 0 ? time : kNone);
  };
  client.set_connection_timeout(std::min(limit(config_.connect_timeout), limit(left)));
  client.set_read_timeout(limit(left));
  client.set_write_timeout(limit(left));
}

void HttplibClient::set_policy(httplib::ClientImpl& client) const {
  set_time(client, config_.timeout);
  client.set_keep_alive(config_.reuse);
  client.set_follow_location(false);
  client.set_decompress(false);
  client.set_url_encode(false);
  client.set_socket_options([](int fd) { set_fanout_socket_options(fd); });
}

// OpenSSL verifies the address too: cpp-httplib 0.11.4 compares it with memory it never set, and
// would take a certificate for 0.0.0.0 for any.
void HttplibClient::set_tls(httplib::SSLClient& client, const Target& target) const {
  ignore_broken_pipes();
  client.enable_server_certificate_verification(true);
  SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_2_VERSION);
  verify_peers(client.ssl_context(), config_.certificates);
  verify_target(client.ssl_context(), target);
  show_certificate(client.ssl_context(), config_);
  // cpp-httplib adds the certificates that the system trusts, which takes 20 ms, unless it is given
  // a directory of certificates; /dev/null holds none.
  if (!config_.certificates.empty()) client.set_ca_cert_path({}, "/dev/null");
}

httplib::Request HttplibClient::prepare(const Target& target) {
  httplib::Request request;
  request.set_header("Host", authority(target));
  request.method = method_name(config_.method);
  request.body = request_body(config_);
  if (config_.method == Method::post) {
    request.set_header("Content-Type", std::string(kRequestContentType));
  }
  for (const std::string& header : config_.headers) {
    const std::size_t colon = header.find(": ");
    request.set_header(header.substr(0, colon), header.substr(colon + 2));
  }
  request.response_handler = [this](const httplib::Response& response) {
    progress_.status = static_cast<unsigned>(response.status);
    return true;
  };
  request.content_receiver = [this](const char*, std::size_t bytes, std::uint64_t, std::uint64_t) {
    progress_.body_bytes += bytes;
    progress_.late = progress_.answer_by != kNever && now_ns() > progress_.answer_by;
    return !progress_.late;
  };
  return request;
}

Response HttplibClient::fetch(const Request& request) {
  Destination& destination = destinations_[request.target];
  progress_ = {};
  const std::int64_t now = now_ns();
  progress_.connect_by = deadline_after(now, config_.connect_timeout);
  progress_.answer_by = give_up_at(config_, now);
  if (config_.deadline != nullptr) set_time(*destination.client, time_left(config_, now));
  const bool kept = keeps_good_connection(destination, now);
  Response response = exchange(destination, request);
  response.connected = !kept;
  // The server may have closed a kept connection before the request came: if nothing was answered,
  // a new one is tried, once, unless the request might count twice.
  if (response.outcome != Outcome::reset || !kept) return response;
  if (config_.method == Method::post) return failed(config_, Outcome::reset, kClosedMeanwhile);
  response = exchange(destination, request);
  response.connected = true;
  return response;
}

// Whether there is a kept connection to use again; closes one that something has come over. Its own
// look takes unasked bytes for an answer, and an end that TLS announces for none. Over TLS it shows
// no more than that bytes are there: whatever they are, a new connection costs little.
bool HttplibClient::keeps_good_connection(Destination& destination, std::int64_t now) {
  httplib::ClientImpl& client = *destination.client;
  if (client.is_socket_open() == 0) return false;
  if (now - destination.idle_since <= kFreshNs || is_quiet(client.socket())) return true;
  client.stop();
  return false;
}

Response HttplibClient::exchange(Destination& destination, const Request& request) {
  destination.request.path.clear();
  append_path(config_, request.token, destination.request.path);
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  ERR_clear_error();  // what is there afterwards is of this request
  ReadingHttplibClient* plain = destination.plain;
  if (plain != nullptr) plain->begin(config_.method == Method::head, progress_.answer_by);
  const bool sent = destination.client->send(destination.request, response, error);
  if (plain != nullptr && plain->reading().surplus()) destination.client->stop();
  if (!sent) return unanswered(destination, error);
  destination.idle_since = now_ns();
  const auto header = [&](std::string_view name) {
    const auto found = response.headers.find(std::string(name));
    return found == response.headers.end() ? std::string_view() : std::string_view(found->second);
  };
  return verify(config_, request,
                {.status = static_cast<unsigned>(response.status),
                 .body_bytes = progress_.body_bytes,
                 .token = header(kTokenHeader),
                 .retry_after_s = retry_after_seconds(header(kRetryAfterHeader))});
}

namespace {

std::string_view openssl_says() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return reason != nullptr ? reason : "";
}

}  // namespace

Response HttplibClient::unanswered(const Destination& destination, httplib::Error error) const {
  const bool plain = destination.plain != nullptr;
  const Outcome outcome = failure(error);
  if (!plain && outcome == Outcome::tls) {
    const long found = destination.tls->get_openssl_verify_result();
    return failed(config_, outcome, tls_words(found, openssl_says()));
  }
  const std::string_view broken = plain ? destination.plain->reading().broken() : "";
  return failed(config_, broken.empty() ? outcome : Outcome::protocol, broken, progress_.status,
                progress_.body_bytes);
}

Outcome HttplibClient::failure(httplib::Error error) const {
  // It waits in whole milliseconds, rounded down, so it may give up that much early.
  const bool late = progress_.late || now_ns() >= progress_.answer_by - 1'000'000;
  switch (error) {
    case httplib::Error::Connection:
      return Outcome::refused;
    case httplib::Error::ConnectionTimeout:
      return late ? Outcome::timeout : Outcome::connect_timeout;
    case httplib::Error::SSLConnection:  // its time limit, too
      if (late) return Outcome::timeout;
      return now_ns() >= progress_.connect_by ? Outcome::connect_timeout : Outcome::tls;
    case httplib::Error::SSLServerVerification:
      return Outcome::tls;
    case httplib::Error::Read:
    case httplib::Error::Write:
    case httplib::Error::Canceled:
      if (late) return Outcome::timeout;
      if (is_alert(openssl_says())) return Outcome::tls;
      return progress_.status != 0 ? Outcome::truncated : Outcome::reset;
    default:
      return Outcome::protocol;
  }
}

std::string version() { return CPPHTTPLIB_VERSION; }

std::unique_ptr<BlockingClient> make(const ClientConfig& config) {
  return std::make_unique<HttplibClient>(config);
}

}  // namespace

extern const Transport httplib_client;
const Transport httplib_client{
    .name = "httplib",
    .stack = "httplib",
    .summary = "cpp-httplib's client, one connection a target",
    .version = &version,
    .make = &make,
};

}  // namespace fanout
