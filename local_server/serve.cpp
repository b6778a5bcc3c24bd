// `fanout serve`: the server alone, for people and other tools.
#include <fmt/format.h>
#include <pthread.h>

#include <csignal>
#include <cstdio>

#include "base/clock.h"
#include "base/error.h"
#include "base/signals.h"
#include "base/units.h"
#include "local_server/answer.h"
#include "local_server/engine.h"
#include "local_server/process_setup.h"
#include "local_server/server_main.h"

namespace fanout {
namespace {

// Keeps the signals for wait(). Threads started later inherit the block, so none is killed.
class StopSignals {
 public:
  StopSignals() { ::pthread_sigmask(SIG_BLOCK, &signals_, &before_); }
  ~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  void wait() const {
    int received = 0;
    ::sigwait(&signals_, &received);
  }

 private:
  sigset_t signals_ = ending_signals();
  sigset_t before_{};
};

std::string describe(const Quantiles& quantiles) {
  return fmt::format("p50 {}, p99 {}, longest {}",
                     format_duration(static_cast<double>(quantiles.p50)),
                     format_duration(static_cast<double>(quantiles.p99)),
                     format_duration(static_cast<double>(quantiles.max)));
}

// "1 hang, 3 reset", or "none".
std::string describe(const std::map<std::string, std::uint64_t>& faults) {
  std::string text;
  for (const auto& [name, count] : faults) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), name);
  }
  return text.empty() ? "none" : text;
}

std::string describe(const Http2Counters& http2) {
  return fmt::format(
      "HTTP/2          {} connections, {} streams, at most {} at once on one\n"
      "                {} GOAWAY, {} resets sent, {} received, {} stalls\n"
      "                {} header bytes in, {} out\n",
      format_count(http2.connections), format_count(http2.streams),
      format_count(http2.peak_streams), format_count(http2.goaways),
      format_count(http2.resets_sent), format_count(http2.resets_received),
      format_count(http2.stalls), format_count(http2.header_bytes_in),
      format_count(http2.header_bytes_out));
}

std::string describe(const ServerCounters& counters, std::int64_t served_ns) {
  return fmt::format(
      "served for      {}\n"
      "connections     {}\n"
      "requests        {}, {} answered\n"
      "tokens          {} distinct, {} repeated, {} requests without\n"
      "faults          {}\n"
      "peak in flight  {}\n"
      "held            {}\n"
      "held too long   {}\n"
      "CPU time        {}\n",
      format_duration(static_cast<double>(served_ns)), format_count(counters.connections),
      format_count(counters.requests), format_count(counters.answered),
      format_count(counters.unique_tokens), format_count(counters.duplicate_tokens),
      format_count(counters.untokened), describe(counters.faults),
      format_count(counters.peak_in_flight), describe(counters.hold_ns),
      describe(counters.hold_error_ns), format_duration(static_cast<double>(counters.cpu_ns)));
}

std::vector<Endpoint> start(Engine& engine) try {
  return engine.start();
} catch (const RunError& error) {
  throw UsageError(fmt::format("{}; choose another --port, or 0 for a free one", error.what()));
}

}  // namespace

int serve_alone(const ServerConfig& config) {
  set_up_server_process();
  const StopSignals signals;
  const auto engine = make_engine(config);
  const std::vector<Endpoint> endpoints = start(*engine);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const bool refusing = refuses(config.hosts[i]);
    const bool plain = config.hosts[i].tls == Tls::off;
    fmt::print("{} {}://{}/\n", refusing ? "refusing" : "listening on", plain ? "http" : "https",
               to_text(endpoints[i]));
  }
  std::fflush(stdout);
  const std::int64_t started_ns = now_ns();
  const std::int64_t cpu_at_start_ns = process_cpu_ns();
  signals.wait();
  const std::int64_t cpu_ns = process_cpu_ns() - cpu_at_start_ns;
  const std::int64_t served_ns = now_ns() - started_ns;
  ServerCounters counters = engine->stop();
  counters.cpu_ns = cpu_ns;
  fmt::print("\n{}", describe(counters, served_ns));
  if (config.http == HttpVersion::http2)
    fmt::print("{}", describe(counters.http2.value_or(Http2Counters())));
  std::fflush(stdout);
  return 0;
}

}  // namespace fanout
