// libcurl's easy interface: one handle, used for every request.
#include "transports/curl/curl_options.h"

namespace fanout {

namespace {

class CurlEasyClient final : public BlockingClient {
 public:
  explicit CurlEasyClient(const ClientConfig& config) : shared_(config), exchange_(shared_) {}

  Response fetch(const Request& request) override {
    exchange_.begin(request);
    CURLcode code = curl_easy_perform(exchange_.handle());
    while (exchange_.must_repeat()) code = curl_easy_perform(exchange_.handle());
    return exchange_.end(code);
  }

 private:
  CurlShared shared_;
  CurlExchange exchange_;
};

std::unique_ptr<BlockingClient> make(const ClientConfig& config) {
  return std::make_unique<CurlEasyClient>(config);
}

}  // namespace

extern const Transport curl_easy;
const Transport curl_easy{
    .name = "curl_easy",
    .stack = "libcurl",
    .summary = "libcurl's easy interface, one call a request",
    .version = &curl_version_text,
    .make = &make,
    .suite = Suite::same_stack,
    .client_descriptors = 2,  // the pair a handle wakes itself with
};

}  // namespace fanout
