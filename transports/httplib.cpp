// cpp-httplib's client, one for each target that was asked lately.
//
// It reports errors more coarsely than others: whatever keeps it from connecting counts as refused.
#include <fmt/core.h>
#include <httplib.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/httplib_reading.h"
#include "transports/idle_connection.h"
#include "transports/kept_connections.h"
#include "transports/path.h"
#include "transports/prepared_targets.h"
#include "transports/tls_words.h"
#include "transports/verify.h"
#include "wire/socket_options.h"

namespace fanout {

namespace {

// Newer versions of cpp-httplib keep fields in a hash table, where those of one name stand in the
// reverse order.
template <class Fields>
constexpr bool kIsHashTable = requires(const Fields& fields) {
  fields.bucket_count();
};

class HttplibClient final : public BlockingClient {
 public:
  // `shared` is borrowed.
  explicit HttplibClient(const PreparedTargets& shared)
      : config_(shared.config),
        form_(shared.form),
        tls_(shared.tls),
        kept_(kept_connections(shared.config)) {}
  // The handlers of the prepared requests point here.
  HttplibClient(const HttplibClient&) = delete;
  HttplibClient& operator=(const HttplibClient&) = delete;

  Response fetch(const Request& request) override;

 private:
  struct Destination {
    std::unique_ptr<ReadingHttplibClient> client;  // with its connection, if that is kept
    httplib::Request request;  // prepared; only the path changes, and the form to one of its own
    bool own_form = false;     // whether it has that of one request
    std::int64_t idle_since = 0;
  };

  // What was seen of the response being received.
  struct Progress {
    std::int64_t connect_by = kNever;
    std::int64_t answer_by = kNever;
    std::uint64_t body_bytes = 0;
    std::shared_ptr<std::string> kept{};  // the body; null: it is not kept
    unsigned status = 0;                  // 0 until the header is complete
    bool late = false;
  };

  [[nodiscard]] std::unique_ptr<ReadingHttplibClient> client_of(std::uint32_t target);
  [[nodiscard]] std::unique_ptr<Destination> make_destination(std::uint32_t target);
  Response fetch(Destination& destination, const Request& request);
  void set_time(httplib::ClientImpl& client, std::chrono::nanoseconds left) const;
  void set_policy(httplib::ClientImpl& client, const Target& target) const;
  static void set_form(httplib::Request& request, const FormView& form, const Target& target);
  httplib::Request prepare(const Target& target);
  void choose_form(Destination& destination, const Request& request) const;
  static bool keeps_good_connection(Destination& destination, std::int64_t now);
  Response exchange(Destination& destination, const Request& request);
  [[nodiscard]] Response unanswered(const ReadingHttplibClient& client, httplib::Error error) const;
  [[nodiscard]] Outcome failure(httplib::Error error) const;

  const ClientConfig& config_;
  const RequestForm& form_;
  TlsClient tls_;
  KeptConnections<std::unique_ptr<Destination>> kept_;
  Progress progress_;
};

std::unique_ptr<HttplibClient::Destination> HttplibClient::make_destination(std::uint32_t target) {
  auto destination = std::make_unique<Destination>();
  destination->client = client_of(target);
  set_policy(*destination->client, config_.targets[target]);
  destination->request = prepare(config_.targets[target]);
  return destination;
}

// Its own class for users takes the letters of an IPv6 address for the end of its URL.
std::unique_ptr<ReadingHttplibClient> HttplibClient::client_of(std::uint32_t target) {
  const Target& about = config_.targets[target];
  if (!about.unix_socket.empty()) {
    auto client = std::make_unique<ReadingHttplibClient>(about.unix_socket);
    client->set_address_family(AF_UNIX);
    return client;
  }
  auto client = std::make_unique<ReadingHttplibClient>(about.host(), about.port, tls_, target);
  if (!about.name.empty()) client->set_hostname_addr_map({{about.name, about.addresses.front()}});
  return client;
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

void HttplibClient::set_policy(httplib::ClientImpl& client, const Target& target) const {
  set_time(client, config_.timeout);
  client.set_keep_alive(config_.reuse);
  client.set_follow_location(false);
  client.set_decompress(false);
  client.set_url_encode(false);
  client.set_socket_options([sources = target.source_addresses](int fd) {
    set_fanout_socket_options(fd);
    (void)choose_source(fd, sources);  // it goes on with the kernel's choice
  });
}

// Fields of one name may be there several times, which its own set_header would not have.
void HttplibClient::set_form(httplib::Request& request, const FormView& form,
                             const Target& target) {
  request.method = form.method.name();
  request.body = form.body;
  request.headers.clear();
  if (!form.names_host()) request.headers.emplace("Host", authority(target));
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  for_each_field(form.fields, [&](std::string_view name, std::string_view value) {
    fields.emplace_back(name, value);
  });
  if (kIsHashTable<httplib::Headers>) std::ranges::reverse(fields);
  for (const auto& [name, value] : fields) request.headers.emplace(name, value);
}

httplib::Request HttplibClient::prepare(const Target& target) {
  httplib::Request request;
  set_form(request, form_.view(), target);
  request.response_handler = [this](const httplib::Response& response) {
    progress_.status = static_cast<unsigned>(response.status);
    return true;
  };
  request.content_receiver = [this](const char* data, std::size_t bytes, std::uint64_t,
                                    std::uint64_t) {
    progress_.body_bytes += bytes;
    if (progress_.kept != nullptr) progress_.kept->append(data, bytes);
    progress_.late = progress_.answer_by != kNever && now_ns() > progress_.answer_by;
    return !progress_.late;
  };
  return request;
}

Response HttplibClient::fetch(const Request& request) {
  std::unique_ptr<Destination> destination = kept_.take(request.target).value_or(nullptr);
  if (!destination) destination = make_destination(request.target);
  Response response = fetch(*destination, request);
  kept_.keep(request.target, std::move(destination));
  return response;
}

Response HttplibClient::fetch(Destination& destination, const Request& request) {
  progress_ = {};
  if (config_.keep_bodies) progress_.kept = std::make_shared<std::string>();
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
  if (!may_repeat(config_, request.token)) {
    return failed(config_, Outcome::reset, kClosedMeanwhile);
  }
  response = exchange(destination, request);
  response.connected = true;
  return response;
}

// Whether there is a kept connection to use again; closes one that something has come over. Its own
// look takes unasked bytes for an answer, and an end that TLS announces for none.
bool HttplibClient::keeps_good_connection(Destination& destination, std::int64_t now) {
  ReadingHttplibClient& client = *destination.client;
  if (client.is_socket_open() == 0) return false;
  if (now - destination.idle_since <= kFreshNs || client.is_quiet()) return true;
  client.stop();
  return false;
}

void HttplibClient::choose_form(Destination& destination, const Request& request) const {
  const Target& target = config_.targets[request.target];
  const bool own = has_own_form(config_, request.token);
  if (own) {
    set_form(destination.request, own_form(config_.paths, request.token), target);
  } else if (destination.own_form) {
    set_form(destination.request, form_.view(), target);
  }
  destination.own_form = own;
  // It adds one more whenever it sends an empty body.
  if (destination.request.body.empty()) destination.request.headers.erase("Content-Length");
}

Response HttplibClient::exchange(Destination& destination, const Request& request) {
  choose_form(destination, request);
  destination.request.path.clear();
  append_path(config_, request.token, destination.request.path);
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  ReadingHttplibClient& client = *destination.client;
  client.begin(method_of(config_, request.token) == Method::head, progress_.connect_by,
               progress_.answer_by);
  const bool sent = client.send(destination.request, response, error);
  if (client.reading().surplus()) client.stop();
  if (!sent) return unanswered(client, error);
  destination.idle_since = now_ns();
  const auto header = [&](std::string_view name) {
    const auto found = response.headers.find(std::string(name));
    return found == response.headers.end() ? std::string_view() : std::string_view(found->second);
  };
  return verify(config_, request,
                {.status = static_cast<unsigned>(response.status),
                 .body_bytes = progress_.body_bytes,
                 .token = header(kTokenHeader),
                 .retry_after_s = retry_after_seconds(header(kRetryAfterHeader)),
                 .body = progress_.kept});
}

Response HttplibClient::unanswered(const ReadingHttplibClient& client, httplib::Error error) const {
  const std::string_view broken = client.reading().broken();
  if (!broken.empty()) {
    return failed(config_, Outcome::protocol, broken, progress_.status, progress_.body_bytes);
  }
  if (client.handshake() != Outcome::ok) {
    return failed(config_, client.handshake(), tls_words(client.tls()));
  }
  if (ended_by_alert(client.tls())) return failed(config_, Outcome::tls, tls_words(client.tls()));
  return failed(failure(error), progress_.status, progress_.body_bytes);
}

Outcome HttplibClient::failure(httplib::Error error) const {
  // It waits in whole milliseconds, rounded down, so it may give up that much early.
  const bool late = progress_.late || now_ns() >= progress_.answer_by - 1'000'000;
  switch (error) {
    case httplib::Error::Connection:
      return Outcome::refused;
    case httplib::Error::ConnectionTimeout:
      return late ? Outcome::timeout : Outcome::connect_timeout;
    case httplib::Error::Read:
    case httplib::Error::Write:
    case httplib::Error::Canceled:
      if (late) return Outcome::timeout;
      return progress_.status != 0 ? Outcome::truncated : Outcome::reset;
    default:
      return Outcome::protocol;
  }
}

std::string version() { return CPPHTTPLIB_VERSION; }

BlockingFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const PreparedTargets>(config)] {
    return std::make_unique<HttplibClient>(*shared);
  };
}

}  // namespace

extern const Transport httplib_client;
const Transport httplib_client{
    .name = "httplib",
    .stack = "httplib",
    .summary = "cpp-httplib's client, one connection a target",
    .version = &version,
    .prepare = &prepare,
};

}  // namespace fanout
