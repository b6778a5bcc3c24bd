#include "transports/curl/curl_timed.h"

#include <algorithm>

#include "transports/curl/curl_options.h"

namespace fanout {
namespace {

// One of libcurl's times, which it counts in microseconds from the start of the transfer.
std::chrono::nanoseconds time_of(CURL* easy, CURLINFO which) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, which, &microseconds);
  return std::chrono::microseconds(microseconds);
}

std::chrono::nanoseconds between(std::chrono::nanoseconds from, std::chrono::nanoseconds to) {
  return std::max(to - from, std::chrono::nanoseconds{});
}

unsigned version_of(CURL* easy) {
  long version = CURL_HTTP_VERSION_NONE;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return 10;
    case CURL_HTTP_VERSION_1_1:
      return 11;
    case CURL_HTTP_VERSION_2_0:
      return 20;
    default:
      return 0;
  }
}

// Gives the response the times of the transfer that has just ended.
void note_times(CURL* easy, TimedResponse& timed) {
  const auto connected = time_of(easy, CURLINFO_CONNECT_TIME_T);
  const auto secured = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
  const auto first_byte = time_of(easy, CURLINFO_STARTTRANSFER_TIME_T);
  long connections = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections);
  if (connections > 0) {
    timed.connect = between(time_of(easy, CURLINFO_NAMELOOKUP_TIME_T), connected);
    timed.handshake = between(connected, secured);
  }
  if (first_byte.count() > 0) {
    timed.first_byte = between(time_of(easy, CURLINFO_PRETRANSFER_TIME_T), first_byte);
    timed.receiving = between(first_byte, time_of(easy, CURLINFO_TOTAL_TIME_T));
  }
}

ClientConfig with_reuse(ClientConfig config, bool reuse) {
  config.reuse = reuse;
  return config;
}

}  // namespace

// An easy handle with what it shares with nobody.
class TimedClient::Handle {
 public:
  explicit Handle(const ClientConfig& config)
      : shared_(config), idle_look_(config), exchange_(shared_, idle_look_) {
    exchange_.watch_fields([this](std::string_view name, std::string_view value) {
      fields_.push_back({std::string(name), std::string(value)});
    });
  }

  TimedResponse fetch(const Request& request, bool http2) {
    CURLcode code = CURLE_OK;
    exchange_.begin(request);
    exchange_.offer_http2(http2);
    do {
      fields_.clear();
      code = curl_easy_perform(exchange_.handle());
    } while (exchange_.must_repeat());
    TimedResponse timed{.response = exchange_.end(code)};
    note_times(exchange_.handle(), timed);
    long header_bytes = 0;
    curl_easy_getinfo(exchange_.handle(), CURLINFO_HEADER_SIZE, &header_bytes);
    timed.header_bytes = static_cast<std::uint64_t>(header_bytes);
    timed.http_version = version_of(exchange_.handle());
    timed.fields = fields_;
    return timed;
  }

 private:
  CurlShared shared_;
  CurlIdleLook idle_look_;
  CurlExchange exchange_;
  std::vector<TimedResponse::Field> fields_;
};

TimedClient::TimedClient(const ClientConfig& config)
    : kept_config_(with_reuse(config, true)),
      fresh_config_(with_reuse(config, false)),
      kept_(std::make_unique<Handle>(kept_config_)),
      fresh_(std::make_unique<Handle>(fresh_config_)) {}

TimedClient::~TimedClient() = default;

TimedResponse TimedClient::fetch(const Request& request, Over over) {
  Handle& handle = over == Over::kept ? *kept_ : *fresh_;
  return handle.fetch(request, over == Over::fresh_http2);
}

}  // namespace fanout
