#include "harness/document/run_json.h"

#include <nlohmann/json.hpp>

namespace fanout {
namespace {

using Json = nlohmann::json;

Json latency_to_json(const Latency& latency) {
  return {{"min", latency.min}, {"mean", latency.mean},
          {"p50", latency.p50}, {"p90", latency.p90},
          {"p99", latency.p99}, {"p999", latency.p999 ? Json(*latency.p999) : Json(nullptr)},
          {"max", latency.max}};
}

Latency latency_from_json(const Json& json) {
  Latency latency{.min = json.at("min"),
                  .mean = json.at("mean"),
                  .p50 = json.at("p50"),
                  .p90 = json.at("p90"),
                  .p99 = json.at("p99"),
                  .p999 = std::nullopt,
                  .max = json.at("max")};
  if (!json.at("p999").is_null()) latency.p999 = json.at("p999").get<std::int64_t>();
  return latency;
}

Json open_to_json(const std::optional<OpenLoop>& open) {
  if (!open) return nullptr;
  return {{"offered_per_second", open->offered_per_second},
          {"achieved_per_second", open->achieved_per_second},
          {"response_ns", latency_to_json(open->response_ns)},
          {"response_histogram", open->response_histogram}};
}

std::optional<OpenLoop> open_from_json(const Json& json) {
  if (json.is_null()) return std::nullopt;
  OpenLoop open{.offered_per_second = json.at("offered_per_second"),
                .achieved_per_second = json.at("achieved_per_second"),
                .response_ns = latency_from_json(json.at("response_ns")),
                .response_histogram = {}};
  json.at("response_histogram").get_to(open.response_histogram);
  return open;
}

Json steady_to_json(const std::optional<SteadyState>& steady) {
  if (!steady) return nullptr;
  return {{"warm_up_ns", steady->warm_up_ns}, {"requests", steady->requests}, {"ok", steady->ok}};
}

std::optional<SteadyState> steady_from_json(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return SteadyState{
      .warm_up_ns = json.at("warm_up_ns"), .requests = json.at("requests"), .ok = json.at("ok")};
}

const std::pair<const char*, std::optional<std::int64_t> HostConditions::*> kHostKeys[] = {
    {"steal_ns", &HostConditions::steal_ns},
    {"run_queue_wait_ns", &HostConditions::run_queue_wait_ns},
    {"server_run_queue_wait_ns", &HostConditions::server_run_queue_wait_ns},
    {"foreign_wait_ns", &HostConditions::foreign_wait_ns},
    {"psi_cpu_ns", &HostConditions::psi_cpu_ns},
    {"psi_memory_ns", &HostConditions::psi_memory_ns},
    {"psi_io_ns", &HostConditions::psi_io_ns},
    {"time_wait", &HostConditions::time_wait},
    {"listen_overflows", &HostConditions::listen_overflows},
    {"listen_drops", &HostConditions::listen_drops},
    {"retransmits", &HostConditions::retransmits}};

Json host_to_json(const HostConditions& host) {
  Json json;
  for (const auto& [key, value] : kHostKeys) {
    json[key] = host.*value ? Json(*(host.*value)) : Json(nullptr);
  }
  return json;
}

HostConditions host_from_json(const Json& json) {
  HostConditions host;
  (void)json.at("steal_ns");  // is in all versions; throws also where this is no object
  for (const auto& [key, value] : kHostKeys) {
    const auto found = json.find(key);  // absent in results of earlier versions
    if (found != json.end() && !found->is_null()) host.*value = found->get<std::int64_t>();
  }
  return host;
}

}  // namespace

Json to_json(const Run& run) {
  return {{"round", run.round},
          {"position", run.position},
          {"program", run.program},
          {"valid", run.valid},
          {"reasons", run.reasons},
          {"flags", run.flags},
          {"makespan_ns", run.makespan_ns},
          {"setup_ns", run.setup_ns},
          {"requests",
           {{"total", run.requests.total},
            {"ok", run.requests.ok},
            {"failed", run.requests.failed},
            {"attempts", run.requests.attempts},
            {"retried", run.requests.retried}}},
          {"errors", run.errors},
          {"retries", run.retries},
          {"latency_ns", latency_to_json(run.latency_ns)},
          {"histogram", run.histogram},
          {"open", open_to_json(run.open)},
          {"steady", steady_to_json(run.steady)},
          {"cpu_ns", run.cpu_ns},
          {"process_cpu_ns", run.process_cpu_ns},
          {"context_switches",
           {{"voluntary", run.voluntary_switches}, {"involuntary", run.involuntary_switches}}},
          {"peak_memory_bytes", run.peak_memory_bytes},
          {"threads", run.threads},
          {"processes", run.processes},
          {"queue_peak", run.queue_peak == 0 ? Json(nullptr) : Json(run.queue_peak)},
          {"server", run.server ? to_json(*run.server) : Json(nullptr)},
          {"host", host_to_json(run.host)},
          {"bound_ns", run.bound_ns},
          {"efficiency", run.efficiency ? Json(*run.efficiency) : Json(nullptr)},
          {"limited_by", run.limited_by}};
}

Run run_from_json(const Json& json) {
  Run run;
  json.at("round").get_to(run.round);
  json.at("position").get_to(run.position);
  json.at("program").get_to(run.program);
  json.at("valid").get_to(run.valid);
  json.at("reasons").get_to(run.reasons);
  json.at("flags").get_to(run.flags);
  json.at("makespan_ns").get_to(run.makespan_ns);
  json.at("setup_ns").get_to(run.setup_ns);
  const Json& requests = json.at("requests");
  run.requests = {requests.at("total"), requests.at("ok"), requests.at("failed"),
                  requests.at("attempts"), requests.at("retried")};
  json.at("errors").get_to(run.errors);
  json.at("retries").get_to(run.retries);
  run.latency_ns = latency_from_json(json.at("latency_ns"));
  json.at("histogram").get_to(run.histogram);
  run.open = open_from_json(json.at("open"));
  run.steady = steady_from_json(json.at("steady"));
  json.at("cpu_ns").get_to(run.cpu_ns);
  json.at("process_cpu_ns").get_to(run.process_cpu_ns);
  json.at("context_switches").at("voluntary").get_to(run.voluntary_switches);
  json.at("context_switches").at("involuntary").get_to(run.involuntary_switches);
  json.at("peak_memory_bytes").get_to(run.peak_memory_bytes);
  json.at("threads").get_to(run.threads);
  json.at("processes").get_to(run.processes);
  const Json& queue_peak = json.at("queue_peak");
  if (!queue_peak.is_null()) queue_peak.get_to(run.queue_peak);
  const Json& server = json.at("server");
  if (!server.is_null()) run.server = server_counters_from_json(server);
  run.host = host_from_json(json.at("host"));
  json.at("bound_ns").get_to(run.bound_ns);
  const Json& efficiency = json.at("efficiency");
  if (!efficiency.is_null()) run.efficiency = efficiency.get<double>();
  json.at("limited_by").get_to(run.limited_by);
  return run;
}

}  // namespace fanout
