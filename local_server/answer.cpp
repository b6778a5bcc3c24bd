#include "local_server/answer.h"

#include <fmt/format.h>

#include "base/error.h"

namespace fanout {
namespace {

// An array of objects such as APIs answer with, and spaces up to the length. REQUIRED: it is
// kLeastJson or more.
std::string json_of(std::uint64_t bytes) {
  std::string text = "[";
  for (unsigned i = 0;; ++i) {
    const std::string item =
        fmt::format(R"({}{{"id":{},"name":"item {}","price":{}.{:02},"tags":["a","b"],"sold":{}}})",
                    i == 0 ? "" : ",", i, i, i % 1000, i % 100, i % 2 == 0);
    if (text.size() + item.size() + 1 > bytes) break;
    text += item;
  }
  text += "]";
  text.resize(bytes, ' ');
  return text;
}

}  // namespace

std::string body_of(const HostBehaviour& host) {
  constexpr std::string_view kLine =
      "fanout: a line of sixty-four bytes, repeated as often as needed\n";
  static_assert(kLine.size() == 64);
  std::string body;
  if (!may_have_body(host.status)) return body;
  if (host.json_body) return json_of(host.body_bytes);
  body.reserve(host.body_bytes);
  while (body.size() < host.body_bytes) body += kLine.substr(0, host.body_bytes - body.size());
  return body;
}

std::vector<Endpoint> addresses_of(const ServerConfig& config) {
  std::vector<Endpoint> endpoints;
  for (std::size_t i = 0; i < config.hosts.size(); ++i) {
    Endpoint endpoint{.address = config.bind, .port = config.port};
    if (config.bind.empty()) {
      // A loopback address of its own for each host also spreads the client's ephemeral ports.
      endpoint.address = fmt::format("127.0.0.{}", 1 + i);
    } else if (config.port != 0) {
      if (config.port + i > 65535) {
        throw UsageError(
            fmt::format("{} hosts from port {} on exceed port 65535; choose a lower "
                        "--port",
                        config.hosts.size(), config.port));
      }
      endpoint.port = static_cast<std::uint16_t>(config.port + i);
    }
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

std::string to_text(const Endpoint& endpoint) {
  const bool ipv6 = endpoint.address.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", endpoint.address, ipv6 ? "]" : "",
                     endpoint.port);
}

}  // namespace fanout
