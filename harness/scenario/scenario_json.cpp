#include "harness/scenario/scenario_json.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/json_read.h"
#include "harness/catalogue/names.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/checks.h"
#include "harness/scenario/policy_json.h"
#include "harness/scenario/request_headers.h"
#include "harness/scenario/targets_json.h"
#include "transports/verify.h"

namespace fanout {
namespace {

using json_read::Json;

std::vector<unsigned> read_workers(const std::string& path, const Json& json) {
  const Json list = json.is_array() ? json : Json::array({json});
  if (list.empty()) json_read::fail(path, json, "at least one number of workers");
  std::vector<unsigned> workers;
  for (const Json& one : list) {
    workers.push_back(static_cast<unsigned>(json_read::whole_number(path, one, 1, kMaxWorkers)));
  }
  if (std::ranges::adjacent_find(workers, std::ranges::greater_equal()) != workers.end()) {
    json_read::fail(path, json, "numbers that ascend, each named once");
  }
  return workers;
}

// A name goes into tables and file names.
std::string read_name(const std::string& path, const Json& json) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  constexpr std::size_t kLongest = 60;
  std::string name = json_read::text(path, json);
  const bool fits = !name.empty() && name.size() <= kLongest && name.front() != '.' &&
                    name.find_first_not_of(kAllowed) == std::string::npos;
  if (!fits) json_read::fail(path, json, "up to 60 letters, digits, _, - and .");
  return name;
}

std::vector<std::uint32_t> read_order(const std::string& path, const Json& json) {
  if (!json.is_array()) json_read::fail(path, json, "a list of hosts by their numbers from 0");
  std::vector<std::uint32_t> order;
  for (const Json& one : json) {
    order.push_back(
        static_cast<std::uint32_t>(json_read::whole_number(path, one, 0, kMaxRequests)));
  }
  return order;
}

std::optional<std::uint64_t> read_queue_capacity(const std::string& path, const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (json == "unbounded") return kUnboundedQueue;
  if (json.is_string()) json_read::fail(path, json, "a number, \"unbounded\" or null");
  return json_read::whole_number(path, json, 1, kMaxRequests);
}

Json queue_capacity_to_json(const std::optional<std::uint64_t>& capacity) {
  if (!capacity) return nullptr;
  return *capacity == kUnboundedQueue ? Json("unbounded") : Json(*capacity);
}

// Makes the embedded server answer, configured like this; null leaves the scenario as it is.
void read_server(Scenario& scenario, const Json& json) {
  if (json.is_null()) return;
  ServerConfig server = server_config_from_json(json);
  if (!server.bind.empty() || server.port != 0) {
    throw UsageError(
        "server.bind and server.port are for fanout serve; runs use fresh ports on loopback");
  }
  scenario.answered_by = std::move(server);
}

std::uint64_t read_body_bytes(const std::string& path, const Json& json) {
  return json_read::whole_number(path, json, 0, kMaxRequestBody);
}

std::vector<std::string> read_headers(const std::string& path, const Json& json) {
  std::vector<std::string> headers = json_read::texts(path, json);
  check_headers(headers);
  return headers;
}

Method read_method(const std::string& path, const Json& json) {
  const auto method =
      json.is_string() ? parse_method(json.get_ref<const std::string&>()) : std::nullopt;
  if (!method) json_read::fail(path, json, kMethodExpected);
  return *method;
}

// It tells people where the file comes from (harness/recording/), and no result keeps it.
void check_recorded(const std::string& path, const Json& json) {
  if (!json.is_object()) json_read::fail(path, json, "a JSON object, as fanout record writes it");
}

// Each becomes a scenario of its own (load_scenarios).
void check_variants(const std::string& path, const Json& json) {
  if (!json.is_object()) json_read::fail(path, json, "an object: variant -> what differs in it");
  for (const auto& [name, differs] : json.items()) {
    (void)read_name(path, Json(name));
    if (!differs.is_object()) json_read::fail(path + "." + name, differs, "a JSON object");
    for (const char* key : {"name", "variants", "variant_of"}) {
      if (differs.contains(key)) {
        json_read::fail(path + "." + name, differs, fmt::format("no \"{}\"", key));
      }
    }
  }
}

using Reader = std::function<void(Scenario&, const std::string& path, const Json&)>;

// What each key of a scenario means.
const std::map<std::string, Reader>& readers() {
  using namespace json_read;
  static const std::map<std::string, Reader> table{
      {"name", [](auto& s, auto& path, auto& json) { s.name = read_name(path, json); }},
      {"summary", [](auto& s, auto& path, auto& json) { s.summary = text(path, json); }},
      {"requests", [](auto& s, auto& path,
                      auto& json) { s.requests = whole_number(path, json, 1, kMaxRequests); }},
      {"order", [](auto& s, auto& path, auto& json) { s.order = read_order(path, json); }},
      {"workers", [](auto& s, auto& path, auto& json) { s.workers = read_workers(path, json); }},
      {"http",
       [](auto& s, auto& path, auto& json) { s.protocols.versions = read_versions(path, json); }},
      {"connections", [](auto& s, auto& path,
                         auto& json) { s.protocols.connections = read_connections(path, json); }},
      {"mode", [](auto& s, auto& path, auto& json) { s.mode = mode_from_json(path, json); }},
      {"rate", [](auto& s, auto& path, auto& json) { s.rate = rate_from_json(path, json); }},
      {"arrivals",
       [](auto& s, auto& path, auto& json) { s.arrivals = arrivals_from_json(path, json); }},
      {"method", [](auto& s, auto& path, auto& json) { s.method = read_method(path, json); }},
      {"request_body_bytes",
       [](auto& s, auto& path, auto& json) { s.request_body_bytes = read_body_bytes(path, json); }},
      {"reuse", [](auto& s, auto& path, auto& json) { s.reuse = boolean(path, json); }},
      {"max_idle", [](auto& s, auto& path, auto& json) { s.max_idle = read_max_idle(path, json); }},
      {"connect_timeout",
       [](auto& s, auto& path, auto& json) { s.connect_timeout = duration(path, json); }},
      {"timeout", [](auto& s, auto& path, auto& json) { s.timeout = duration(path, json); }},
      {"deadline", [](auto& s, auto& path, auto& json) { s.deadline = duration(path, json); }},
      {"work", [](auto& s, auto& path, auto& json) { s.work = read_work(path, json); }},
      {"keep", [](auto& s, auto& path, auto& json) { s.keep = boolean(path, json); }},
      {"max_rate", [](auto& s, auto& path, auto& json) { s.max_rate = read_max_rate(path, json); }},
      {"per_host", [](auto& s, auto& path, auto& json) { s.per_host = read_per_host(path, json); }},
      {"hedge", [](auto& s, auto& path, auto& json) { s.hedge = read_hedge(path, json); }},
      {"retry", [](auto& s, auto& path, auto& json) { s.retry = read_retry(path, json); }},
      {"queue_capacity",
       [](auto& s, auto& path, auto& json) { s.queue_capacity = read_queue_capacity(path, json); }},
      {"published",
       [](auto& s, auto& path, auto& json) { s.published = published_from_json(path, json); }},
      {"headers", [](auto& s, auto& path, auto& json) { s.headers = read_headers(path, json); }},
      {"server", [](auto& s, auto&, auto& json) { read_server(s, json); }},
      {"targets", [](auto& s, auto& path, auto& json) { read_targets(s, path, json); }},
      {"recorded", [](auto&, auto& path, auto& json) { check_recorded(path, json); }},
      {"proof", [](auto&, auto& path, auto& json) { (void)text(path, json); }},  // derived
      {"strategy_options",
       [](auto& s, auto& path, auto& json) {
         s.strategy_options = read_strategy_options(path, json);
       }},
      {"variant_of", [](auto& s, auto& path, auto& json) { s.variant_of = text(path, json); }},
      {"variants", [](auto&, auto& path, auto& json) { check_variants(path, json); }},
      {"strategies", [](auto& s, auto& path, auto& json) { s.strategies = texts(path, json); }},
      {"peers", [](auto& s, auto& path, auto& json) { s.peers = texts(path, json); }},
      {"transports", [](auto& s, auto& path, auto& json) { s.transports = texts(path, json); }},
  };
  return table;
}

std::string nearest_key(const std::string& key) {
  std::vector<std::string_view> known;
  for (const auto& [name, reader] : readers()) known.push_back(name);
  const std::string nearest = nearest_name(key, known);
  return nearest.empty() ? fmt::format("known: {}", fmt::join(known, ", "))
                         : fmt::format("did you mean \"{}\"?", nearest);
}

}  // namespace

Scenario scenario_from_json(const Json& json, const std::string& where) {
  Scenario scenario;
  if (!json.is_object()) json_read::fail(where, json, "a JSON object");
  for (const auto& [key, value] : json.items()) {
    const auto reader = readers().find(key);
    if (reader == readers().end()) {
      throw UsageError(
          fmt::format("{}: unknown key {}; {}", where, Json(key).dump(), nearest_key(key)));
    }
    try {
      reader->second(scenario, key, value);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", where, error.what()));
    }
  }
  for (const char* key : {"name", "requests"}) {
    if (!json.contains(key)) {
      throw UsageError(fmt::format("{}: no \"{}\"; every scenario has one", where, key));
    }
  }
  check_order(scenario, where);
  check_timeouts(scenario, where);
  give_bodies_to_work_on(scenario, where);
  check_mode(scenario, where);
  check_policies(scenario, where);
  return scenario;
}

Json to_json(const Scenario& scenario) {
  return {
      {"name", scenario.name},
      {"summary", scenario.summary},
      {"requests", scenario.requests},
      {"order", scenario.order},
      {"workers", scenario.workers},
      {"http", versions_to_json(scenario.protocols)},
      {"connections", connections_to_json(scenario.protocols)},
      {"mode", enum_name(scenario.mode, kModeNames)},
      {"rate", scenario.rate ? Json(*scenario.rate) : Json(nullptr)},
      {"arrivals", arrivals_to_json(scenario.arrivals)},
      {"method", scenario.method.name()},
      {"request_body_bytes", scenario.request_body_bytes},
      {"reuse", scenario.reuse},
      {"max_idle", scenario.max_idle ? Json(*scenario.max_idle) : Json(nullptr)},
      {"connect_timeout", json_read::nanoseconds_text(scenario.connect_timeout)},
      {"timeout", json_read::nanoseconds_text(scenario.timeout)},
      {"deadline", json_read::nanoseconds_text(scenario.deadline)},
      {"work", work_to_json(scenario.work)},
      {"keep", scenario.keep},
      {"max_rate", scenario.max_rate > 0 ? Json(scenario.max_rate) : Json(nullptr)},
      {"per_host", scenario.per_host > 0 ? Json(scenario.per_host) : Json(nullptr)},
      {"hedge", hedge_to_json(scenario.hedge)},
      {"retry", retry_to_json(scenario.retry)},
      {"queue_capacity", queue_capacity_to_json(scenario.queue_capacity)},
      {"published", to_json(scenario.published)},
      {"headers", scenario.headers},
      {"server", scenario.real_targets() != nullptr ? Json(nullptr) : to_json(scenario.server())},
      {"targets", targets_to_json(scenario.real_targets())},
      {"proof", proof_of(scenario)},
      {"strategy_options", scenario.strategy_options},
      {"variant_of", scenario.variant_of},
      {"strategies", scenario.strategies},
      {"peers", scenario.peers},
      {"transports", scenario.transports}};
}

}  // namespace fanout
