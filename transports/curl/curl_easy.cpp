// libcurl's easy interface: one handle, used for every request.
#include "transports/curl/curl_options.h"

namespace fanout {

namespace {

class CurlEasyClient final : public BlockingClient {
 public:
  explicit CurlEasyClient(const CurlShared& shared)
      : idle_look_(shared.config), exchange_(shared, idle_look_) {}

  Response fetch(const Request& request) override {
    exchange_.begin(request);
    CURLcode code = curl_easy_perform(exchange_.handle());
    while (exchange_.must_repeat()) code = curl_easy_perform(exchange_.handle());
    return exchange_.end(code);
  }

 private:
  CurlIdleLook idle_look_;
  CurlExchange exchange_;
};

BlockingFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const CurlShared>(config)] {
    return std::make_unique<CurlEasyClient>(*shared);
  };
}

}  // namespace

extern const Transport curl_easy;
const Transport curl_easy{
    .name = "curl_easy",
    .stack = "libcurl",
    .summary = "libcurl's easy interface, one call a request",
    .version = &curl_version_text,
    .prepare = &prepare,
    .suite = Suite::same_stack,
    .client_descriptors = 2,  // the pair a handle wakes itself with
    .follows = true,
    .http2 = true,
    .plain_http2_fault = &curl_plain_http2_fault,
};

}  // namespace fanout
