// Over which connections a recording's requests go.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/scenario/url_list.h"
#include "transports/curl/curl_timed.h"

namespace fanout {

// Decides which connection a request goes over: of those to each host every other one a new one,
// and each URL, too, from one pass of the list to the next. The first new one to a host that speaks
// TLS shows whether it would speak HTTP/2.
class Alternation {
 public:
  explicit Alternation(const UrlList& urls) : urls_(urls.about.urls) {
    for (const Target& target : urls.targets) hosts_.push_back({.ask_for_http2 = target.tls});
  }

  TimedClient::Over over(std::uint64_t number, std::uint32_t target) {
    const std::uint64_t pass = number / urls_;
    Host& host = hosts_[target];
    if (host.pass != pass) host = {.ask_for_http2 = host.ask_for_http2, .pass = pass};
    if ((pass + host.asked++) % 2 == 0) return TimedClient::Over::kept;
    return std::exchange(host.ask_for_http2, false) ? TimedClient::Over::fresh_http2
                                                    : TimedClient::Over::fresh;
  }

 private:
  struct Host {
    bool ask_for_http2 = false;
    std::uint64_t pass = 0;
    std::uint64_t asked = 0;  // in this pass
  };
  std::uint64_t urls_;
  std::vector<Host> hosts_;
};

}  // namespace fanout
