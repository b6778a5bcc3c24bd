#include "harness/recording/recording_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/text.h"
#include "harness/recording/slowdown_fit.h"
#include "harness/scenario/scenario_json.h"

namespace fanout {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kEnding = ".json";  // of files of scenarios

// A host, without the keys that say what is so anyway.
Json host_to_json(const HostBehaviour& behaviour) {
  const auto json_of = [](const HostBehaviour& one) {
    ServerConfig server;
    server.hosts = {one};
    return nlohmann::json(to_json(server)["hosts"][0]);
  };
  const nlohmann::json usual = json_of({});
  const nlohmann::json all = json_of(behaviour);
  Json host;
  for (const auto& [key, value] : all.items()) {
    const bool is_said = key == "delay" || key == "body_bytes" || key == "handshake_trips";
    if (is_said || value != usual[key]) host[key] = value;
  }
  return host;
}

Json counts_to_json(const auto& counts) {
  Json json = Json::object();
  for (const auto& [what, count] : counts) json[fmt::format("{}", what)] = count;
  return json;
}

// The names alone of fields such as "RateLimit: limit=100".
Json names_of(const std::vector<std::string>& fields) {
  Json names = Json::array();
  for (const std::string& field : fields) names.push_back(field.substr(0, field.find(':')));
  return names;
}

Json seen_to_json(const HostFit& host) {
  const Seen& seen = host.seen;
  Json json{{"host", host.name},
            {"samples", seen.usable},
            {"requests", seen.requests},
            {"statuses", counts_to_json(seen.statuses)},
            {"failures", counts_to_json(seen.failures)}};
  if (seen.round_trip) json["round_trip"] = json_read::nanoseconds_text(*seen.round_trip);
  if (!seen.handshakes.empty()) {
    json["tls_handshake"] = json_read::nanoseconds_text(quantile(seen.handshakes, 0.5));
    if (seen.tls != Seen::Tls::unknown) json["tls"] = seen.tls == Seen::Tls::v12 ? "1.2" : "1.3";
  }
  if (!seen.think_times.empty()) {
    const MeanTime mean = mean_time(seen.think_times);
    json["think_time"] = {{"mean", json_read::nanoseconds_text(mean.value)},
                          {"two_standard_errors", json_read::nanoseconds_text(mean.error)}};
  }
  if (seen.header_bytes) json["header_bytes"] = *seen.header_bytes;
  if (seen.http_version > 0) json["http"] = http_version_text(seen.http_version);
  for (const auto& [at_once, times] : seen.at_once) {
    json["think_time_at_once"][std::to_string(at_once)] =
        json_read::nanoseconds_text(quantile(times, 0.5));
  }
  json["rate_limit_fields"] = names_of(seen.rate_limit_fields);
  json["not_acted_out"] = host.left_out;
  return json;
}

Json log_arrivals_to_json(const ArrivalsSeen& seen) {
  Json json{{"requests", seen.requests},
            {"span", json_read::nanoseconds_text(seen.span)},
            {"rate", seen.rate},
            {"busiest_rate", seen.busiest_rate},
            {"part", json_read::nanoseconds_text(seen.part)}};
  if (seen.dispersion) json["dispersion"] = *seen.dispersion;
  return json;
}

Json check_to_json(const DoubleCheck& check) {
  const auto times = [](const CheckedTime& time) {
    return Json{{"predicted", json_read::nanoseconds_text(time.predicted)},
                {"actual", json_read::nanoseconds_text(time.actual)}};
  };
  return {{"requests", check.requests},
          {"answered", check.answered},
          {"row", check.row},
          {"makespan", times(check.makespan)},
          {"median", times(check.median)},
          {"p90", times(check.p90)}};
}

Json recorded_to_json(const Recording& recording) {
  Json hosts = Json::array();
  for (const HostFit& host : recording.hosts) hosts.push_back(seen_to_json(host));
  Json json{{"by", recording.recorded_by},
            {"at", recording.recorded_at},
            {"source", enum_name(recording.source, kSourceNames)},
            {"ended_early", recording.ended_early},
            {"hosts", std::move(hosts)},
            {"notes", recording.notes},
            {"unknown", recording.unknown}};
  if (recording.arrivals) json["arrivals"] = log_arrivals_to_json(*recording.arrivals);
  if (recording.check) json["check"] = check_to_json(*recording.check);
  return json;
}

// The rate of the log, for 20 s or 20 requests, by as many workers as that takes, and twice as many
// again.
void add_arrivals(const Recording& recording, Json& scenario) {
  constexpr double kSeconds = 20;
  constexpr double kMostRequests = 100'000;
  constexpr double kMostOfOpen = 1000;
  const ArrivalsSeen& seen = *recording.arrivals;
  double think_s = 0;
  for (const HostFit& host : recording.hosts) {
    think_s =
        std::max(think_s, std::chrono::duration<double>(mean_of(host.behaviour.delay)).count());
  }
  const double requests = std::clamp(seen.rate * kSeconds, 1.0 * kLeastSamples, kMostRequests);
  scenario["requests"] = std::llround(requests);
  scenario["workers"] = std::llround(std::clamp(3 * seen.rate * think_s, 10.0, kMostOfOpen));
  scenario["mode"] = enum_name(Mode::open, kModeNames);
  scenario["rate"] = seen.rate;
  // Whichever is nearer: evenly spaced requests have 0, independent ones 1.
  const bool even = seen.dispersion && *seen.dispersion < 0.5;
  scenario["arrivals"] = enum_name(even ? Arrivals::constant : Arrivals::poisson, kArrivalsNames);
}

std::string summary_of(const Recording& recording) {
  std::size_t samples = 0;
  for (const HostFit& host : recording.hosts) samples += host.seen.usable;
  const std::string& first = recording.hosts.front().name;
  const std::size_t others = recording.hosts.size() - 1;
  return fmt::format("recorded from {}{} on {}: {}", first,
                     others > 0 ? fmt::format(" and {}", counted(others, "other host")) : "",
                     recording.recorded_at.substr(0, recording.recorded_at.find('T')),
                     counted(samples, "sample"));
}

// What all hosts would speak; the version that some of them would is in `recorded`.
bool all_speak_http2(const Recording& recording) {
  constexpr unsigned kHttp2 = 20;
  return std::ranges::all_of(recording.hosts,
                             [](const HostFit& host) { return host.seen.http_version >= kHttp2; });
}

}  // namespace

std::string scenario_text(const Recording& recording, Mode mode) {
  Json hosts = Json::array();
  for (const HostFit& host : recording.hosts) hosts.push_back(host_to_json(host.behaviour));
  Json scenario{{"name", recording.name}, {"summary", summary_of(recording)}};
  scenario["requests"] = recording.requests;
  if (recording.workers > 0) scenario["workers"] = recording.workers;
  if (all_speak_http2(recording)) scenario["http"] = {"1.1", "2"};
  if (mode == Mode::open) add_arrivals(recording, scenario);
  if (!(recording.method == Method::get)) scenario["method"] = recording.method.name();
  if (!recording.order.empty()) scenario["order"] = recording.order;
  scenario["server"] = {{"hosts", std::move(hosts)}};
  scenario["recorded"] = recorded_to_json(recording);
  std::string text = scenario.dump(2) + "\n";
  (void)scenario_from_json(nlohmann::json::parse(text), recording.name);  // throws if it is none
  return text;
}

std::string open_file_of(const std::string& file) {
  return file.substr(0, file.size() - kEnding.size()) + "-open" + std::string(kEnding);
}

std::string scenario_name(const std::string& file) {
  constexpr std::size_t kLongestName = 60;
  std::string name = std::filesystem::path(file).stem();
  std::ranges::replace_if(
      name,
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-' && c != '.'; },
      '-');
  return name.substr(std::min(name.find_first_not_of('.'), name.size())).substr(0, kLongestName);
}

void check_replaceable(const std::string& file) {
  if (!file.ends_with(kEnding) || scenario_name(file).empty()) {
    throw UsageError(fmt::format(
        "-o {}: a scenario file has a name that ends in .json; write -o my-api.json", file));
  }
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown)) return;
  const auto text = read_file(file);
  const auto json = nlohmann::json::parse(text.value_or(""), nullptr, false);
  const bool recorded = json.is_object() && json.contains("recorded") && json.contains("server");
  if (recorded) return;
  throw UsageError(fmt::format(
      "-o {}: exists, and is no scenario that fanout recorded; name another file", file));
}

}  // namespace fanout
