// A run in JSON, part of the result document. Including it compiles nlohmann/json.
#pragma once

#include <string>

#include "base/json_read.h"
#include "base/json_types.h"
#include "harness/result/run.h"
#include "local_server/ledger_json.h"

namespace fanout {

inline void to_json(nlohmann::json& json, Flag flag) { json = name_of(flag); }
inline void from_json(const nlohmann::json& json, Flag& flag) {
  flag = json_read::one_of("flags", json, kFlagNames);
}
inline void to_json(nlohmann::json& json, Limit limit) { json = name_of(limit); }
inline void from_json(const nlohmann::json& json, Limit& limit) {
  limit = json_read::one_of("limited_by", json, kLimitNames);
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RequestCounts, total, ok, failed, attempts, retried, connected,
                                   body_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Latency, min, mean, p50, p90, p99, p999, max)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OpenLoop, offered_per_second, achieved_per_second, response_ns,
                                   response_histogram)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SteadyState, warm_up_ns, requests, ok)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ContextSwitches, voluntary, involuntary)
// Results of earlier versions lack some of these.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(HostConditions, steal_ns, throttled_ns,
                                                run_queue_wait_ns, server_run_queue_wait_ns,
                                                foreign_wait_ns, psi_cpu_ns, psi_memory_ns,
                                                psi_io_ns, time_wait, listen_overflows,
                                                listen_drops, retransmits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Hedges, sent, won)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkMet, answers, cpu_ns, not_json)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Phases, connect_ns, handshake_ns, first_byte_ns, body_ns,
                                   syns_resent)

// A moment is a row of numbers, because there are hundreds in a run.
inline void to_json(nlohmann::json& json, const LimitMoment& moment) {
  json = {moment.at_ns, moment.limit, moment.in_flight, moment.latency_ns};
}
inline void from_json(const nlohmann::json& json, LimitMoment& moment) {
  json.at(0).get_to(moment.at_ns);
  json.at(1).get_to(moment.limit);
  json.at(2).get_to(moment.in_flight);
  json.at(3).get_to(moment.latency_ns);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LimitsMet, refused, refused_share, overshoot, fairness,
                                   settle_ns, over_time)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FailureKind, outcome, status, words, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FailedRequest, index, line, url, outcome, status, words)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Run, round, position, program, valid, reasons, flags,
                                   makespan_ns, setup_ns, requests, errors, retries, status_counts,
                                   failures, failed_requests, tls_versions, redirects, phases,
                                   latency_ns, histogram, open, steady, hedges, work,
                                   retries_denied, limits, cpu_ns, process_cpu_ns, context_switches,
                                   peak_memory_bytes, threads, processes, queue_peak, server, host,
                                   bound_ns, efficiency, limited_by)

// A run as documents hold it, those of earlier versions too, which lack what failed, how many
// requests opened a connection, what connections spoke, and what came of limits, hedges, work and
// HTTP/2.
inline Run run_from_json(nlohmann::json json) {
  json.emplace("status_counts", nlohmann::json::object());
  json.emplace("failures", nlohmann::json::array());
  json.emplace("failed_requests", nlohmann::json::array());
  json.emplace("tls_versions", nlohmann::json::array());
  json.emplace("redirects", 0);
  json.emplace("phases", nullptr);
  json.emplace("hedges", nullptr);
  json.emplace("work", nullptr);
  if (json["work"].is_object()) json["work"].emplace("not_json", 0);
  json.emplace("retries_denied", 0);
  json.emplace("limits", nullptr);
  if (json.contains("server") && json["server"].is_object()) {
    json["server"].emplace("rejected", nlohmann::json::object());
    json["server"].emplace("waited", 0);
    json["server"].emplace("peak_served", 0);
    json["server"].emplace("collateral", 0);
    json["server"].emplace("http2", nullptr);
  }
  if (json.contains("requests")) {
    json["requests"].emplace("connected", nullptr);
    json["requests"].emplace("body_bytes", nullptr);
  }
  return json;
}

}  // namespace fanout
