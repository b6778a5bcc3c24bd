#include "harness/control/shared_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/file.h"

namespace fanout {
namespace {

using Json = nlohmann::json;
using Counter = std::optional<std::int64_t> HostConditions::*;

constexpr std::array<Counter, 8> kCounters{
    &HostConditions::steal_ns,      &HostConditions::throttled_ns, &HostConditions::psi_cpu_ns,
    &HostConditions::psi_memory_ns, &HostConditions::psi_io_ns,    &HostConditions::time_wait,
    &HostConditions::listen_drops,  &HostConditions::retransmits};

void add_host(HostConditions& sum, const HostConditions& more) {
  for (const Counter counter : kCounters) {
    if (more.*counter) sum.*counter = (sum.*counter).value_or(0) + *(more.*counter);
  }
}

// What one part's header says, into that of all.
void add_header(CellHeader& sum, const CellHeader& more, std::int64_t ahead_ns) {
  if (more.ready_ns != 0) {
    const std::int64_t ready_ns = more.ready_ns - ahead_ns;
    sum.ready_ns = sum.ready_ns == 0 ? ready_ns : std::min(sum.ready_ns, ready_ns);
  }
  if (more.ready_calls != 1) sum.ready_calls = more.ready_calls;
  sum.finished = std::min(sum.finished, more.finished);
  sum.cpu_at_ready_ns += more.cpu_at_ready_ns;
  sum.cpu_at_end_ns += more.cpu_at_end_ns;
  sum.voluntary_switches += more.voluntary_switches;
  sum.involuntary_switches += more.involuntary_switches;
  sum.peak_memory_bytes += more.peak_memory_bytes;
  sum.threads += more.threads;
  sum.processes += more.processes;
  sum.queue_peak += more.queue_peak;
  sum.syscalls = more.syscalls < 0 || sum.syscalls < 0 ? -1 : sum.syscalls + more.syscalls;
  sum.children_left += more.children_left;
  const bool known = more.main_cpu_ns >= 0 && sum.main_cpu_ns >= 0;
  sum.main_cpu_ns = known ? sum.main_cpu_ns + more.main_cpu_ns : -1;
  sum.main_wait_ns = known ? std::max(sum.main_wait_ns, more.main_wait_ns) : -1;
  if (sum.program[0] == '\0') std::ranges::copy(more.program, sum.program);
  if (sum.error[0] == '\0') std::ranges::copy(more.error, sum.error);
}

// The part's samples, in their place, at our time, and with words that are ours.
void add_samples(const CellMemory& part, const PlacedPart& placed, const CellMemory& whole) {
  Sample* to = whole.samples().data() + placed.share.first_request;
  for (Sample sample : part.samples()) {
    if (sample.start_ns != 0) sample.start_ns -= placed.clock_ahead_ns;
    if (sample.end_ns != 0) sample.end_ns -= placed.clock_ahead_ns;
    sample.words = whole.failure_words().note(part.failure_words().at(sample.words));
    *to++ = sample;
  }
}

// What all workers of the part counted together.
void add_counts(const CellMemory& part, const CellMemory& whole) {
  whole.connection_notes().tls_versions |= part.connection_notes().tls_versions.load();
  whole.policy_state().retries_denied += part.policy_state().retries_denied.load();
  whole.policy_state().hedges_denied += part.policy_state().hedges_denied.load();
  const WorkDone& done = part.work_done();
  whole.work_done().answers += done.answers.load();
  whole.work_done().cpu_ns += done.cpu_ns.load();
  whole.work_done().body_bytes += done.body_bytes.load();
  whole.work_done().not_json += done.not_json.load();
}

// What became of the part's process.
void add_exit(const PlacedPart& placed, Execution& execution) {
  const SharedPart& part = placed.part;
  if (execution.failure.empty() && !part.failure.empty()) {
    execution.failure = fmt::format("on {}: {}", placed.host, part.failure);
  }
  if (execution.standard_error.empty()) execution.standard_error = part.standard_error;
  if (execution.exit->status == 0) execution.exit->status = part.status;
  const std::int64_t us = part.process_cpu_ns / 1000 + execution.exit->usage.ru_utime.tv_usec;
  execution.exit->usage.ru_utime.tv_sec += us / 1'000'000;
  execution.exit->usage.ru_utime.tv_usec = us % 1'000'000;
  add_host(execution.host, part.host);
}

}  // namespace

std::vector<CellTask> divided(const CellTask& task, unsigned machines) {
  std::vector<CellTask> shares;
  std::uint64_t first = 0;
  for (unsigned i = 0; i < machines; ++i) {
    CellTask share = task;
    share.first_request = first;
    share.requests = task.requests / machines + (i < task.requests % machines ? 1 : 0);
    share.starts_with_others = true;
    first += share.requests;
    shares.push_back(std::move(share));
  }
  return shares;
}

std::string to_text(const SharedPart& part) {
  Json host = Json::array();
  for (const Counter counter : kCounters) {
    const auto& value = part.host.*counter;
    host.push_back(value ? Json(*value) : Json());
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(part.memory.data());
  std::string text;
  Json::to_cbor({{"memory", Json::binary({bytes, bytes + part.memory.size()})},
                 {"status", part.status},
                 {"process_cpu_ns", part.process_cpu_ns},
                 {"failure", part.failure},
                 {"standard_error", part.standard_error},
                 {"host", std::move(host)}},
                text);
  return text;
}

SharedPart shared_part_from_text(const std::string& text) {
  const Json json = Json::from_cbor(text);
  const auto& bytes = json.at("memory").get_binary();
  SharedPart part{.memory = std::string(bytes.begin(), bytes.end()),
                  .status = json.at("status"),
                  .process_cpu_ns = json.at("process_cpu_ns"),
                  .failure = json.at("failure"),
                  .standard_error = json.at("standard_error"),
                  .host = {}};
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    const Json& value = json.at("host").at(i);
    if (!value.is_null()) part.host.*kCounters[i] = value.get<std::int64_t>();
  }
  return part;
}

void join(std::span<const PlacedPart> parts, const CellMemory& whole, Execution& execution) {
  CellHeader& header = whole.header();
  header = {};
  header.ready_calls = 1;
  header.finished = 1;
  execution.exit.emplace();
  for (const PlacedPart& placed : parts) {
    UniqueFd file = memory_file("fanout-part", placed.part.memory);
    if (!file) throw_errno("memory for what a client machine measured");
    const CellMemory part(std::move(file), placed.share.requests, placed.share.tally_slots);
    add_header(header, part.header(), placed.clock_ahead_ns);
    add_samples(part, placed, whole);
    add_counts(part, whole);
    add_exit(placed, execution);
  }
}

}  // namespace fanout
