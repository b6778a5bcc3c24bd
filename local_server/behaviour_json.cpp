// The JSON form of a ServerConfig. Every error names the full path of the key.
#include <arpa/inet.h>

#include <algorithm>

#include "base/error.h"
#include "base/json_read.h"
#include "local_server/behaviour.h"

namespace fanout {
namespace {

using json_read::check_object;
using json_read::duration;
using json_read::fail;
using json_read::Json;
using json_read::name_of;
using json_read::one_of;
using json_read::required;
using json_read::whole_number;

constexpr json_read::Names<Delay::Kind, 3> kDelayKinds{{{"fixed", Delay::Kind::fixed},
                                                        {"uniform", Delay::Kind::uniform},
                                                        {"lognormal", Delay::Kind::lognormal}}};
constexpr json_read::Names<Fault, 4> kFaults{{{"none", Fault::none},
                                              {"reset", Fault::reset},
                                              {"truncate", Fault::truncate},
                                              {"hang", Fault::hang}}};
constexpr json_read::Names<EngineKind, 2> kEngines{
    {{"asio", EngineKind::asio}, {"httplib", EngineKind::httplib}}};

constexpr std::uint64_t kMaxBody = 1ULL << 30;
constexpr std::size_t kMaxHosts = 254;  // 127.0.0.1 to 127.0.0.254
constexpr double kMaxSigma = 5;
constexpr std::uint64_t kMaxTrips = 10;

Delay uniform_delay(const std::string& path, const Json& json) {
  check_object(path, json, {"kind", "min", "max"});
  Delay delay{.kind = Delay::Kind::uniform};
  delay.min = duration(path + ".min", required(path, json, "min", "uniform needs min and max"));
  delay.max = duration(path + ".max", required(path, json, "max", "uniform needs min and max"));
  if (delay.min > delay.max) fail(path + ".min", json["min"], "no more than max");
  return delay;
}

Delay lognormal_delay(const std::string& path, const Json& json) {
  check_object(path, json, {"kind", "mean", "sigma"});
  constexpr const char* needs = "lognormal needs mean and sigma";
  Delay delay{.kind = Delay::Kind::lognormal};
  delay.mean = duration(path + ".mean", required(path, json, "mean", needs));
  const Json& sigma = required(path, json, "sigma", needs);
  const bool fits =
      sigma.is_number() && sigma.get<double>() >= 0 && sigma.get<double>() <= kMaxSigma;
  if (!fits) fail(path + ".sigma", sigma, fmt::format("a number from 0 to {}", kMaxSigma));
  delay.sigma = sigma.get<double>();
  return delay;
}

Delay delay_from_json(const std::string& path, const Json& json) {
  if (!json.is_object()) return Delay{.mean = duration(path, json)};
  const Json& kind = required(path, json, "kind", "one of fixed, uniform, lognormal");
  switch (one_of(path + ".kind", kind, kDelayKinds)) {
    case Delay::Kind::uniform:
      return uniform_delay(path, json);
    case Delay::Kind::lognormal:
      return lognormal_delay(path, json);
    case Delay::Kind::fixed:
      break;
  }
  check_object(path, json, {"kind", "mean"});
  return Delay{.mean = duration(path + ".mean", required(path, json, "mean", "fixed needs mean"))};
}

HostBehaviour host_from_json(const std::string& path, const Json& json) {
  check_object(path, json, {"delay", "body_bytes", "status", "fault", "rtt", "handshake_trips"});
  HostBehaviour host;
  for (const auto& item : json.items()) {
    const std::string at = path + "." + item.key();
    if (item.key() == "delay") host.delay = delay_from_json(at, item.value());
    if (item.key() == "body_bytes") host.body_bytes = whole_number(at, item.value(), 0, kMaxBody);
    if (item.key() == "status") {
      host.status = static_cast<unsigned>(whole_number(at, item.value(), 200, 599));
      // It answers a conditional request, which no client here makes.
      if (host.status == 304) fail(at, item.value(), "a status other than 304");
    }
    if (item.key() == "fault") host.fault = one_of(at, item.value(), kFaults);
    if (item.key() == "rtt") host.rtt = duration(at, item.value());
    if (item.key() == "handshake_trips") {
      host.handshake_trips = static_cast<unsigned>(whole_number(at, item.value(), 0, kMaxTrips));
    }
  }
  return host;
}

std::vector<HostBehaviour> hosts_from_json(const std::string& path, const Json& json) {
  if (!json.is_array() || json.empty() || json.size() > kMaxHosts) {
    fail(path, json, fmt::format("an array of 1 to {} hosts", kMaxHosts));
  }
  std::vector<HostBehaviour> hosts;
  for (const Json& host : json) {
    hosts.push_back(host_from_json(fmt::format("{}[{}]", path, hosts.size()), host));
  }
  return hosts;
}

std::string address_from_json(const std::string& path, const Json& json) {
  if (!json.is_string()) fail(path, json, "an IP address, or \"\"");
  const auto& text = json.get_ref<const std::string&>();
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  const bool valid = text.empty() || ::inet_pton(AF_INET, text.c_str(), parsed.data()) == 1 ||
                     ::inet_pton(AF_INET6, text.c_str(), parsed.data()) == 1;
  if (!valid) fail(path, json, "an IP address, or \"\"");
  return text;
}

std::string nanoseconds_text(std::chrono::nanoseconds value) {
  return fmt::format("{}ns", value.count());
}

Json delay_to_json(const Delay& delay) {
  const std::string kind = name_of(delay.kind, kDelayKinds);
  switch (delay.kind) {
    case Delay::Kind::uniform:
      return {{"kind", kind},
              {"min", nanoseconds_text(delay.min)},
              {"max", nanoseconds_text(delay.max)}};
    case Delay::Kind::lognormal:
      return {{"kind", kind}, {"mean", nanoseconds_text(delay.mean)}, {"sigma", delay.sigma}};
    case Delay::Kind::fixed:
      break;
  }
  return nanoseconds_text(delay.mean);
}

}  // namespace

ServerConfig server_config_from_json(const nlohmann::json& json) {
  constexpr std::uint64_t kMaxThreads = 10'000;
  const std::string path = "server";
  check_object(path, json, {"engine", "threads", "bind", "port", "hosts"});
  ServerConfig config;
  for (const auto& item : json.items()) {
    const std::string at = path + "." + item.key();
    const Json& value = item.value();
    if (item.key() == "engine") config.engine = one_of(at, value, kEngines);
    if (item.key() == "threads") {
      config.threads = static_cast<unsigned>(whole_number(at, value, 1, kMaxThreads));
    }
    if (item.key() == "bind") config.bind = address_from_json(at, value);
    if (item.key() == "port") {
      config.port = static_cast<std::uint16_t>(whole_number(at, value, 0, 65535));
    }
    if (item.key() == "hosts") config.hosts = hosts_from_json(at, value);
  }
  check_engine(config);
  return config;
}

void check_engine(const ServerConfig& config) {
  if (config.engine == EngineKind::asio) return;
  for (const HostBehaviour& host : config.hosts) {
    if (host.fault != Fault::none || host.rtt.count() != 0) {
      throw UsageError(
          "server: engine httplib can act out neither faults nor a round trip; use engine asio");
    }
  }
}

nlohmann::json to_json(const ServerConfig& config) {
  Json hosts = Json::array();
  for (const HostBehaviour& host : config.hosts) {
    hosts.push_back({{"delay", delay_to_json(host.delay)},
                     {"body_bytes", host.body_bytes},
                     {"status", host.status},
                     {"fault", name_of(host.fault, kFaults)},
                     {"rtt", nanoseconds_text(host.rtt)},
                     {"handshake_trips", host.handshake_trips}});
  }
  return {{"engine", name_of(config.engine, kEngines)},
          {"threads", config.threads},
          {"bind", config.bind},
          {"port", config.port},
          {"hosts", std::move(hosts)}};
}

}  // namespace fanout
