#include "harness/recording/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <future>
#include <latch>
#include <map>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "harness/recording/alternation.h"
#include "harness/scenario/url_spool.h"
#include "transports/connection_notes.h"
#include "transports/curl/curl_timed.h"
#include "transports/failure_words.h"
#include "transports/http_text.h"
#include "transports/path.h"
#include "transports/verify.h"

namespace fanout {
namespace {

using Over = TimedClient::Over;

// So many requests in a row without an answer end a recording: at its beginning, and later on.
constexpr std::uint64_t kVainAtFirst = 3;
constexpr std::uint64_t kVainLater = 5;

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

// Whether a field tells of the API's limits. Others may hold secrets.
bool tells_of_limits(const std::string& name) {
  static constexpr std::array<std::string_view, 9> kFields{
      "ratelimit",           "ratelimit-policy",      "ratelimit-limit",
      "ratelimit-remaining", "ratelimit-reset",       "x-ratelimit-limit",
      "x-ratelimit-reset",   "x-ratelimit-remaining", "retry-after"};
  return std::ranges::find(kFields, lower(name)) != kFields.end();
}

// A field's value as people may see it: on one line, printable, and short.
std::string shown_value(const std::string& value) {
  constexpr std::size_t kShown = 60;
  std::string shown = value.substr(0, kShown);
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

void note_fields(const TimedResponse& timed, Observation& seen) {
  bool has_retry_after = false;
  for (const auto& [name, value] : timed.fields) {
    const std::string low = lower(name);
    has_retry_after = has_retry_after || low == "retry-after";
    seen.says_close = seen.says_close || (low == "connection" && lower(value) == "close");
    if (!tells_of_limits(name)) continue;
    seen.rate_limit_fields.push_back(fmt::format("{}: {}", name, shown_value(value)));
  }
  seen.told_to_wait = seen.status == 429 || (seen.status == 503 && has_retry_after);
}

Observation observation_of(const TimedResponse& timed, const Request& request, Over over) {
  const Response& response = timed.response;
  Observation seen{.host = request.target, .on_kept_connection = over == Over::kept};
  seen.connected = timed.connect.count() > 0;
  if (seen.connected) seen.connect = timed.connect;
  if (timed.handshake.count() > 0) seen.handshake = timed.handshake;
  const bool whole = response.outcome == Outcome::ok || (response.outcome == Outcome::bad_status);
  if (!whole) seen.failure = outcome_name(response.outcome);
  if (whole) seen.first_byte = timed.first_byte;
  seen.receiving = timed.receiving;
  seen.status = response.status;
  seen.body_bytes = response.body_bytes;
  seen.http_version = timed.http_version;
  constexpr unsigned kHttp2 = 20;  // which compresses its header fields
  if (whole && timed.http_version < kHttp2) seen.header_bytes = timed.header_bytes;
  note_fields(timed, seen);
  return seen;
}

void wait_until_ns(std::int64_t time_ns) {
  const std::int64_t left_ns = time_ns - now_ns();
  if (left_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(left_ns));
}

// Requests that may change something are not made again and again.
void check_methods(const std::vector<Request>& requests, const ClientConfig& config) {
  for (const Request& request : requests) {
    const Method method = method_of(config, request.token);
    if (method == Method::get || method == Method::head) continue;
    throw UsageError(fmt::format(
        "record makes GET and HEAD requests only, since it repeats them; the list has a {}",
        method.name()));
  }
}

// A name without an address would be asked in vain.
void check_addresses(const std::vector<Target>& targets) {
  for (const Target& target : targets) {
    if (target.unresolved.empty()) continue;
    throw UsageError(fmt::format(
        "no address is known for \"{}\": {}; correct the name, or give its address with --resolve",
        target.name, target.unresolved));
  }
}

std::vector<ObservedHost> hosts_named(const std::vector<Target>& targets, bool anonymous) {
  std::vector<ObservedHost> hosts;
  for (const Target& target : targets) {
    const std::string name =
        fmt::format("{}://{}", target.tls ? "https" : "http", authority(target));
    hosts.push_back({anonymous ? anonymous_name(target.tls, hosts.size() + 1) : name, target.tls});
  }
  return hosts;
}

// The requests of one recording.
class Probe {
 public:
  Probe(const UrlList& urls, const ProbeSettings& settings)
      : settings_(settings),
        spool_(urls.spool.get()),
        config_{.targets = urls.targets,
                .connect_timeout = settings.connect_timeout,
                .timeout = settings.timeout,
                .certificate_file = urls.tls.certificate_file,
                .key_file = urls.tls.key_file,
                .headers = settings.headers,
                .paths = spool_.text(),
                .failure_words = &words_,
                .connection_notes = &notes_},
        requests_(
            spool_.requests(settings.requests + (settings.concurrency ? kAtOnceRequests : 0))),
        alternation_(urls) {
    check_methods(requests_, config_);
    config_at_once_ = config_;
    config_at_once_.connection_notes = nullptr;
    seen_.hosts = hosts_named(urls.targets, settings.anonymous);
  }

  Observations run(const ProbeProgress& progress) {
    TimedClient client(config_);
    for (std::uint64_t i = 0; i < settings_.requests && seen_.ended_early.empty(); ++i) {
      keep_to_rate(1);
      make(client, i);
      if (progress) progress(i + 1);
    }
    if (!settings_.concurrency) return std::move(seen_);
    for (const AtOnce& level : kAtOnce) {
      if (!seen_.ended_early.empty()) break;
      keep_to_rate(level.clients * level.each);
      make_at_once(level);
      if (progress) progress(seen_.all.size());
    }
    return std::move(seen_);
  }

 private:
  // Waits until so many requests may be sent: a slow answer is no reason to ask faster afterwards.
  void keep_to_rate(unsigned requests) {
    wait_until_ns(next_ns_);
    next_ns_ = now_ns() + static_cast<std::int64_t>(1e9 / settings_.per_second * requests);
  }

  void make(TimedClient& client, std::uint64_t number) {
    const Request& request = requests_[number];
    const Over over = settings_.only_kept ? Over::kept : alternation_.over(number, request.target);
    notes_.tls_versions = 0;
    const std::int64_t sent_ns = now_ns();
    const TimedResponse timed = client.fetch(request, over);
    Observation& seen = seen_.all.emplace_back(observation_of(timed, request, over));
    if (over == Over::kept) {
      const auto [last, is_first] = last_kept_ns_.try_emplace(request.target);
      if (!is_first) seen.idle = std::chrono::nanoseconds(sent_ns - last->second);
      last->second = now_ns();
    }
    seen.tls12 = notes_.tls_versions == ConnectionNotes::kTls12;
    vain_ = seen.failure.empty() ? 0 : vain_ + 1;
    if (vain_ == kVainAtFirst && vain_ == seen_.all.size()) throw_unreachable(timed.response);
    seen_.ended_early = why_to_end(seen);
  }

  // The next requests, by several clients at once, each in a thread of its own.
  void make_at_once(const AtOnce& level) {
    while (clients_.size() < level.clients) {
      clients_.push_back(std::make_unique<TimedClient>(config_at_once_));
    }
    const std::size_t first = seen_.all.size();
    const auto request = [&](unsigned client, unsigned turn) -> const Request& {
      return requests_[first + client * level.each + turn];
    };
    std::latch together(level.clients);
    std::atomic<bool> enough = false;  // something went wrong: the API is left alone
    std::vector<std::future<std::vector<Observation>>> answers;
    for (unsigned client = 0; client < level.clients; ++client) {
      answers.push_back(std::async(std::launch::async, [&, client] {
        std::vector<Observation> got;
        together.arrive_and_wait();
        for (unsigned turn = 0; turn < level.each && !enough; ++turn) {
          const Request& asked = request(client, turn);
          Observation& one = got.emplace_back(
              observation_of(clients_[client]->fetch(asked, Over::kept), asked, Over::kept));
          one.at_once = level.clients;
          one.among_others = turn > 0;  // the first met none or all of the others, by chance
          if (one.told_to_wait || !one.failure.empty()) enough = true;
        }
        return got;
      }));
    }
    for (auto& of_client : answers) {
      for (Observation& one : of_client.get()) {
        if (seen_.ended_early.empty()) seen_.ended_early = why_to_end(one);
        seen_.all.push_back(std::move(one));
      }
    }
  }

  // Why no further request is made; "" if one is.
  [[nodiscard]] std::string why_to_end(const Observation& last) const {
    if (last.told_to_wait) {
      return fmt::format(
          "{} answered {}{}, which asks to wait: nothing more was sent",
          seen_.hosts[last.host].name, last.status,
          last.at_once > 1 ? fmt::format(" to one of {} at once", last.at_once) : "");
    }
    if (last.at_once > 1 && !last.failure.empty()) {
      return fmt::format("one of {} at once got no answer from {} ({}): nothing more was sent",
                         last.at_once, seen_.hosts[last.host].name, last.failure);
    }
    if (vain_ < kVainLater) return {};
    return fmt::format("{} requests in a row got no answer ({})", vain_, last.failure);
  }

  [[noreturn]] void throw_unreachable(const Response& last) const {
    const std::string_view why = words_.at(last.words);
    throw RunError(
        fmt::format("{}: the first {} got no answer: {}{}{}; see that it runs and can be reached",
                    seen_.hosts[seen_.all.back().host].name, counted(seen_.all.size(), "request"),
                    seen_.all.back().failure, why.empty() ? "" : ", ", why));
  }

  const ProbeSettings& settings_;
  UrlSpool spool_;
  ConnectionNotes notes_{};
  FailureWords words_;
  ClientConfig config_;
  ClientConfig config_at_once_;  // without what only one thread may note
  std::vector<Request> requests_;
  Alternation alternation_;
  std::vector<std::unique_ptr<TimedClient>> clients_;   // of requests made at once
  std::map<std::uint32_t, std::int64_t> last_kept_ns_;  // by target: when its connection was used
  std::int64_t next_ns_ = 0;                            // when the next request may be sent
  Observations seen_;
  std::uint64_t vain_ = 0;  // requests in a row, to now, that got no answer
};

}  // namespace

Observations probe(const UrlList& urls, const ProbeSettings& settings,
                   const ProbeProgress& progress) {
  check_addresses(urls.targets);
  return Probe(urls, settings).run(progress);
}

}  // namespace fanout
