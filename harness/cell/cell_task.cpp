#include "harness/cell/cell_task.h"

#include "base/json_types.h"
#include "wire/token.h"

namespace fanout {

static void to_json(nlohmann::json& json, const Method& method) { json = method.name(); }
static void from_json(const nlohmann::json& json, Method& method) {
  method = Method(json.get_ref<const std::string&>());
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Schedule, rate, arrivals, seed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Target, addresses, port, expected_status, expected_body_bytes,
                                   expected_body_sizes, tls, name, unresolved, unix_socket,
                                   source_addresses)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RetryPolicy, retries, base, factor, cap, post, budget,
                                   pause_host)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Work, cpu, body)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HedgePolicy, after, percentile, budget, post)
// What every worker shares is not told: each process has its own.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClientConfig, targets, method, request_body_bytes, body, reuse,
                                   follow, connect_timeout, timeout, max_idle, workers, connections,
                                   http, max_rate, per_host, hedge, retry, keep_bodies, watch,
                                   headers, certificates, certificate_file, key_file)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CellTask, strategy, transport, workers, requests, first_request,
                                   starts_with_others, tally_slots, order, queue_capacity, options,
                                   work, deadline, token_seed, stoppable, schedule, urls_fd,
                                   command, ready_limit, run_limit, count_syscalls, client)

// CBOR, because bodies and header fields may hold bytes that are not UTF-8.
std::string to_text(const CellTask& task) {
  std::string text;
  nlohmann::json::to_cbor(task, text);
  return text;
}

CellTask cell_task_from_text(const std::string& text) {
  return nlohmann::json::from_cbor(text).get<CellTask>();
}

Request make_request(const CellTask& task, std::uint32_t index) {
  const std::vector<std::uint32_t>& order = task.order;
  const std::size_t hosts = task.client.targets.size();
  const std::uint64_t place = task.first_request + index;
  return {.index = index,
          .target = order.empty() ? static_cast<std::uint32_t>(place % hosts)
                                  : order[place % order.size()],
          .token = make_token(task.token_seed, place)};
}

std::vector<Request> make_requests(const CellTask& task) {
  std::vector<Request> requests(task.requests);
  for (std::uint32_t i = 0; i < requests.size(); ++i) requests[i] = make_request(task, i);
  return requests;
}

}  // namespace fanout
