// The JSON form of a ServerConfig. Every error names the full path of the key.
#include <arpa/inet.h>

#include <algorithm>

#include "base/error.h"
#include "local_server/behaviour.h"
#include "local_server/delay_json.h"
#include "local_server/fault_json.h"
#include "local_server/limit_json.h"

namespace fanout {
namespace {

using json_read::check_object;
using json_read::duration;
using json_read::fail;
using json_read::Json;
using json_read::nanoseconds_text;
using json_read::one_of;
using json_read::required;
using json_read::whole_number;

constexpr EnumNames<Tls, 3> kTls{
    {{"off", Tls::off}, {"on", Tls::on}, {"untrusted", Tls::untrusted}}};

constexpr std::uint64_t kMaxBody = 1ULL << 30;
constexpr std::size_t kMaxSizes = 10'000;
constexpr std::size_t kMaxHosts = 254;  // 127.0.0.1 to 127.0.0.254
constexpr std::uint64_t kMaxTrips = 10;
constexpr std::uint64_t kMaxInFlight = 1'000'000;

Slowdown slowdown_from_json(const std::string& path, const Json& json) {
  check_object(path, json, {"above", "per_request"});
  constexpr const char* kNeeds = "a slowdown needs above and per_request";
  Slowdown slowdown;
  slowdown.above = static_cast<unsigned>(
      whole_number(path + ".above", required(path, json, "above", kNeeds), 0, kMaxInFlight));
  slowdown.per_request =
      duration(path + ".per_request", required(path, json, "per_request", kNeeds));
  return slowdown;
}

Freeze freeze_from_json(const std::string& path, const Json& json) {
  check_object(path, json, {"at", "for"});
  constexpr const char* kNeeds = "a freeze needs at and for";
  return {.at = duration(path + ".at", required(path, json, "at", kNeeds)),
          .lasting = duration(path + ".for", required(path, json, "for", kNeeds))};
}

Http2Settings http2_from_json(const std::string& path, const Json& json) {
  constexpr std::uint64_t kMostStreams = 1'000'000;
  constexpr std::uint64_t kLeastWindow = 1024;
  constexpr std::uint64_t kMostWindow = (1ULL << 31) - 1;  // RFC 9113, 6.9.1
  check_object(path, json, {"max_streams", "stream_window", "connection_window"});
  Http2Settings settings;
  for (const auto& [key, value] : json.items()) {
    const std::string at = path + "." + key;
    const bool streams = key == "max_streams";
    const std::uint64_t number =
        whole_number(at, value, streams ? 1 : kLeastWindow, streams ? kMostStreams : kMostWindow);
    if (streams) settings.max_streams = static_cast<unsigned>(number);
    if (key == "stream_window") settings.stream_window = static_cast<std::uint32_t>(number);
    if (key == "connection_window") {
      settings.connection_window = static_cast<std::uint32_t>(number);
    }
  }
  return settings;
}

// The sizes of a list; `host` gets them, and the largest.
void read_body_list(const std::string& path, const Json& json, HostBehaviour& host) {
  check_object(path, json, {"list", "json"});
  const Json& list = required(path, json, "list", "a number, or an object with a list of them");
  if (!list.is_array() || list.empty() || list.size() > kMaxSizes) {
    fail(path + ".list", list, fmt::format("an array of 1 to {} sizes", kMaxSizes));
  }
  for (const Json& size : list) {
    const std::string at = fmt::format("{}.list[{}]", path, host.body_sizes.size());
    host.body_sizes.push_back(whole_number(at, size, 0, kMaxBody));
  }
  host.body_bytes = std::ranges::max(host.body_sizes);
}

void read_body(const std::string& path, const Json& json, HostBehaviour& host) {
  if (json.is_object() && json.contains("json")) {
    check_object(path, json, {"json"});
    host.json_body = true;
    host.body_bytes = whole_number(path + ".json", json["json"], kLeastJson, kMaxBody);
    return;
  }
  if (json.is_object()) return read_body_list(path, json, host);
  host.body_bytes = whole_number(path, json, 0, kMaxBody);
}

Json body_to_json(const HostBehaviour& host) {
  if (host.json_body) return {{"json", host.body_bytes}};
  if (host.body_sizes.empty()) return host.body_bytes;
  return {{"list", host.body_sizes}};
}

// A status tells a right answer, a fault and a rejection apart.
void check_statuses(const std::string& path, const Json& json, const HostBehaviour& host) {
  for (const FaultShare& fault : host.faults) {
    if (fault.kind != FaultKind::status) continue;
    if (fault.status == host.status) {
      fail(path + ".faults", json["faults"],
           fmt::format("another status than {}, which is the right one", host.status));
    }
    if (host.limit && fault.status == host.limit->status) {
      fail(path + ".faults", json["faults"],
           fmt::format("another status than {}, which is that of its limit", fault.status));
    }
  }
  if (host.limit && host.limit->status == host.status) {
    fail(path + ".status", json["status"],
         fmt::format("another status than {}, which is that of its limit", host.status));
  }
}

HostBehaviour host_from_json(const std::string& path, const Json& json) {
  check_object(path, json,
               {"delay", "body_bytes", "status", "faults", "tls", "slowdown", "freeze",
                "close_after", "rtt", "handshake_trips", "limit", "http2"});
  HostBehaviour host;
  std::optional<unsigned> trips;
  for (const auto& item : json.items()) {
    const std::string at = path + "." + item.key();
    const Json& value = item.value();
    if (item.key() == "delay") host.delay = delay_from_json(at, value);
    if (item.key() == "body_bytes") read_body(at, value, host);
    if (item.key() == "status") host.status = status_from_json(at, value);
    if (item.key() == "faults") host.faults = faults_from_json(at, value);
    if (item.key() == "tls") host.tls = one_of(at, value, kTls);
    if (item.key() == "slowdown") host.slowdown = slowdown_from_json(at, value);
    if (item.key() == "freeze") host.freeze = freeze_from_json(at, value);
    if (item.key() == "close_after") {
      host.close_after = static_cast<unsigned>(whole_number(at, value, 0, kMaxInFlight));
    }
    if (item.key() == "limit") host.limit = limit_from_json(at, value);
    if (item.key() == "http2") host.http2 = http2_from_json(at, value);
    if (item.key() == "rtt") host.rtt = duration(at, value);
    if (item.key() == "handshake_trips") {
      trips = static_cast<unsigned>(whole_number(at, value, 0, kMaxTrips));
    }
  }
  check_statuses(path, json, host);
  host.handshake_trips = trips.value_or(host.tls == Tls::off ? 1 : 2);
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

}  // namespace

ServerConfig server_config_from_json(const nlohmann::json& json) {
  constexpr std::uint64_t kMaxThreads = 10'000;
  const std::string path = "server";
  check_object(path, json, {"engine", "threads", "loops", "bind", "port", "http", "hosts"});
  ServerConfig config;
  for (const auto& item : json.items()) {
    const std::string at = path + "." + item.key();
    const Json& value = item.value();
    if (item.key() == "engine") config.engine = one_of(at, value, kEngineNames);
    if (item.key() == "threads") {
      config.threads = static_cast<unsigned>(whole_number(at, value, 1, kMaxThreads));
    }
    if (item.key() == "loops" && !value.is_null()) {
      config.loops = static_cast<unsigned>(whole_number(at, value, 1, kMostLoops));
    }
    if (item.key() == "bind") config.bind = address_from_json(at, value);
    if (item.key() == "port") {
      config.port = static_cast<std::uint16_t>(whole_number(at, value, 0, 65535));
    }
    if (item.key() == "http") config.http = one_of(at, value, kHttpVersionNames);
    if (item.key() == "hosts") config.hosts = hosts_from_json(at, value);
  }
  check_engine(config);
  return config;
}

void check_engine(const ServerConfig& config) {
  if (config.engine == EngineKind::asio) return;
  if (config.http != HttpVersion::http1) {
    throw UsageError("server: engine httplib speaks HTTP/1.1 alone; use engine asio");
  }
  if (config.loops.value_or(1) > 1) {
    throw UsageError("server: engine httplib has threads and no loops; use engine asio");
  }
  for (const HostBehaviour& host : config.hosts) {
    const bool plain = host.faults.empty() && host.tls == Tls::off &&
                       host.slowdown.per_request.count() == 0 && host.freeze.lasting.count() == 0 &&
                       host.close_after == 0 && host.rtt.count() == 0 && !host.limit;
    if (!plain) {
      throw UsageError(
          "server: engine httplib knows only delay, body_bytes and status of a host; use engine "
          "asio");
    }
  }
}

nlohmann::json to_json(const ServerConfig& config) {
  Json hosts = Json::array();
  for (const HostBehaviour& host : config.hosts) {
    hosts.push_back({{"delay", delay_to_json(host.delay)},
                     {"body_bytes", body_to_json(host)},
                     {"status", host.status},
                     {"faults", to_json(host.faults)},
                     {"tls", enum_name(host.tls, kTls)},
                     {"slowdown",
                      {{"above", host.slowdown.above},
                       {"per_request", nanoseconds_text(host.slowdown.per_request)}}},
                     {"freeze",
                      {{"at", nanoseconds_text(host.freeze.at)},
                       {"for", nanoseconds_text(host.freeze.lasting)}}},
                     {"close_after", host.close_after},
                     {"rtt", nanoseconds_text(host.rtt)},
                     {"handshake_trips", host.handshake_trips},
                     {"limit", limit_to_json(host.limit)},
                     {"http2",
                      {{"max_streams", host.http2.max_streams},
                       {"stream_window", host.http2.stream_window},
                       {"connection_window", host.http2.connection_window}}}});
  }
  return {{"engine", enum_name(config.engine, kEngineNames)},
          {"threads", config.threads},
          {"loops", config.loops ? Json(*config.loops) : Json(nullptr)},
          {"bind", config.bind},
          {"port", config.port},
          {"http", enum_name(config.http, kHttpVersionNames)},
          {"hosts", std::move(hosts)}};
}

}  // namespace fanout
