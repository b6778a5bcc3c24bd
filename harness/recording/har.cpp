#include "harness/recording/har.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json_read.h"
#include "base/text.h"
#include "harness/recording/log_line.h"
#include "transports/http_text.h"
#include "transports/url.h"

namespace fanout {
namespace {

using AnyJson = nlohmann::json;
using std::chrono::nanoseconds;

constexpr unsigned kMostWorkers = 1000;
constexpr const char* kHowToExport =
    "export one with its contents from the network panel of a browser (Save all as HAR)";

// What a browser keeps beside what is read here: it may be large, and may be secret.
bool is_kept(int, AnyJson::parse_event_t event, AnyJson& key) {
  static constexpr std::array<std::string_view, 8> kLeftOut{
      "text", "cookies", "headers", "queryString", "postData", "_initiator", "_webSocketMessages",
      "pages"};
  if (event != AnyJson::parse_event_t::key) return true;
  return std::ranges::find(kLeftOut, key.get_ref<const std::string&>()) == kLeftOut.end();
}

// Whoever wrote the file may have left out anything, or have written something else there.
const AnyJson& part(const AnyJson& object, const char* key) {
  static const AnyJson kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

std::string text_at(const AnyJson& object, const char* key) {
  const AnyJson& found = part(object, key);
  return found.is_string() ? found.get<std::string>() : std::string();
}

// A number that is there: -1 says that it is not.
std::optional<double> number_at(const AnyJson& object, const char* key) {
  constexpr double kMost = 1e12;
  const AnyJson& found = part(object, key);
  if (!found.is_number()) return std::nullopt;
  const double value = found.get<double>();
  if (!std::isfinite(value) || value < 0 || value > kMost) return std::nullopt;
  return value;
}

std::optional<nanoseconds> time_at(const AnyJson& timings, const char* key) {
  constexpr double kNanosecondsPerMs = 1e6;
  const auto value = number_at(timings, key);
  if (!value || *value > 1e9) return std::nullopt;
  return nanoseconds(std::llround(*value * kNanosecondsPerMs));
}

unsigned version_of(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "http/1.1") return 11;
  if (text == "http/1.0") return 10;
  if (text == "h2" || text.starts_with("http/2")) return 20;
  if (text.starts_with("h3") || text.starts_with("http/3")) return 30;
  return 0;
}

// Scheme, host and port; nothing for what is not asked by HTTP.
std::optional<ObservedHost> origin_of(const std::string& text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return std::nullopt;
  try {
    const Url url = parse_url(text);
    const bool usual = url.port == (url.tls ? 443 : 80);
    const std::string name =
        url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    return ObservedHost{fmt::format("{}://{}{}", url.tls ? "https" : "http", name,
                                    usual ? "" : fmt::format(":{}", url.port)),
                        url.tls};
  } catch (const UsageError&) {
    return std::nullopt;
  }
}

// When an entry was in flight: from when it had, or began to open, a connection.
struct Flight {
  nanoseconds begin{};
  nanoseconds end{};
};

unsigned most_at_once(const std::vector<Flight>& flights) {
  std::vector<std::pair<nanoseconds, int>> changes;  // at one moment, ends come first
  for (const Flight& flight : flights) {
    changes.emplace_back(flight.begin, 1);
    changes.emplace_back(flight.end, -1);
  }
  std::ranges::sort(changes);
  int now = 0;
  int most = 0;
  for (const auto& [moment, change] : changes) most = std::max(most, now += change);
  return static_cast<unsigned>(most);
}

// How long so many workers take for the flights, in the order in which they began.
nanoseconds time_of(const std::vector<Flight>& flights, unsigned workers) {
  std::vector<nanoseconds> free(workers);  // when each worker will be: a heap, the earliest first
  nanoseconds end{};
  for (const Flight& flight : flights) {
    std::ranges::pop_heap(free, std::greater());
    free.back() += flight.end - flight.begin;
    end = std::max(end, free.back());
    std::ranges::push_heap(free, std::greater());
  }
  return end;
}

// How many workers, up to `most`, come nearest to the time that all flights took.
unsigned workers_alike(std::vector<Flight> flights, unsigned most) {
  if (flights.empty()) return 1;
  std::ranges::sort(flights, {}, &Flight::begin);
  const nanoseconds all = std::ranges::max(flights, {}, &Flight::end).end - flights.front().begin;
  unsigned nearest = 1;
  for (unsigned workers = 2; workers <= most; ++workers) {
    const auto off = [&](unsigned count) {
      return std::chrono::abs(time_of(flights, count) - all);
    };
    if (off(workers) < off(nearest)) nearest = workers;
  }
  return nearest;
}

class HarReader {
 public:
  HarReader(const AnyJson& entries, const std::string& where) : entries_(entries), where_(where) {}

  Observations read() {
    seen_.source = Source::har;
    for (const AnyJson& entry : entries_) note(entry);
    if (!has_times_) {
      throw UsageError(fmt::format("{}: none of its {} has timings; {}", where_,
                                   counted_entries(entries_.size()), kHowToExport));
    }
    seen_.most_at_once = most_at_once(flights_);
    seen_.workers_alike = workers_alike(flights_, std::min(seen_.most_at_once, kMostWorkers));
    leave_out(cached_, "the browser's cache answered");
    leave_out(others_, "asked for something else than http:// or https://");
    check_enough(where_, seen_);
    leave_out_useless_hosts();
    return std::move(seen_);
  }

 private:
  static std::string counted_entries(std::size_t count) {
    return fmt::format("{} {}", count, count == 1 ? "entry" : "entries");
  }

  void leave_out(std::size_t count, const char* why) {
    if (count > 0) seen_.notes.push_back(counted_entries(count) + " that " + why);
  }

  void note(const AnyJson& entry) {
    const AnyJson& request = part(entry, "request");
    const std::optional<ObservedHost>& host = host_at(text_at(request, "url"));
    if (!host) {
      ++others_;
      return;
    }
    const bool from_cache = !text_at(entry, "_fromCache").empty();
    if (from_cache) {
      ++cached_;
      return;
    }
    ++seen_.methods[text_at(request, "method")];
    Observation one = observation(entry);
    has_times_ = has_times_ || one.first_byte.has_value();
    one.host = index_of(*host);
    seen_.all.push_back(std::move(one));
    note_flight(entry);
  }

  static Observation observation(const AnyJson& entry) {
    const AnyJson& response = part(entry, "response");
    const AnyJson& timings = part(entry, "timings");
    Observation one;
    const auto connect = time_at(timings, "connect");
    const auto handshake = time_at(timings, "ssl");
    one.connected = connect && connect->count() > 0;
    one.on_kept_connection = !one.connected;
    // What TLS took is a part of what connecting took.
    if (one.connected)
      one.connect = std::max(*connect - handshake.value_or(nanoseconds{}), nanoseconds{});
    if (one.connected && handshake && handshake->count() > 0) one.handshake = handshake;
    one.first_byte = time_at(timings, "wait");
    one.receiving = time_at(timings, "receive").value_or(nanoseconds{});
    one.status = static_cast<unsigned>(std::min(number_at(response, "status").value_or(0), 999.0));
    if (one.status == 0) one.failure = "no answer";
    const auto body = number_at(response, "bodySize");
    const auto content = number_at(part(response, "content"), "size");
    one.body_bytes = static_cast<std::uint64_t>(body ? *body : content.value_or(0));
    if (const auto size = number_at(response, "headersSize"); size && *size > 0) {
      one.header_bytes = static_cast<std::uint64_t>(*size);
    }
    one.http_version = version_of(text_at(response, "httpVersion"));
    return one;
  }

  void note_flight(const AnyJson& entry) {
    const AnyJson& timings = part(entry, "timings");
    const auto begin = parse_iso_time(text_at(entry, "startedDateTime"));
    if (!begin) return;
    const nanoseconds blocked = time_at(timings, "blocked").value_or(nanoseconds{});
    nanoseconds all = blocked;
    for (const char* key : {"dns", "connect", "send", "wait", "receive"}) {
      all += time_at(timings, key).value_or(nanoseconds{});
    }
    if (all > blocked) flights_.push_back({*begin + blocked, *begin + all});
  }

  // The host of a URL, which is that of its part before the path.
  const std::optional<ObservedHost>& host_at(const std::string& url) {
    const std::size_t authority = url.find("//");
    const std::size_t end =
        url.find_first_of("/?#", authority == std::string::npos ? 0 : authority + 2);
    const auto [known, is_new] = known_.try_emplace(url.substr(0, end));
    if (is_new) known->second = origin_of(known->first);
    return known->second;
  }

  std::size_t index_of(const ObservedHost& host) {
    const auto found = std::ranges::find(seen_.hosts, host.name, &ObservedHost::name);
    if (found != seen_.hosts.end()) return static_cast<std::size_t>(found - seen_.hosts.begin());
    seen_.hosts.push_back(host);
    return seen_.hosts.size() - 1;
  }

  // Nothing is known of a host that answered nothing that can be used.
  void leave_out_useless_hosts() {
    std::vector<std::size_t> usable(seen_.hosts.size());
    for (const Observation& one : seen_.all) usable[one.host] += one.is_usable() ? 1 : 0;
    for (std::size_t i = seen_.hosts.size(); i-- > 0;) {
      if (usable[i] > 0) continue;
      const auto before = seen_.all.size();
      std::erase_if(seen_.all, [&](const Observation& one) { return one.host == i; });
      for (Observation& one : seen_.all) one.host -= one.host > i ? 1 : 0;
      seen_.notes.push_back(fmt::format("{} to {}, which answered nothing that can be used",
                                        counted(before - seen_.all.size(), "request"),
                                        seen_.hosts[i].name));
      seen_.hosts.erase(seen_.hosts.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  const AnyJson& entries_;
  const std::string& where_;
  Observations seen_;
  std::vector<Flight> flights_;
  std::map<std::string, std::optional<ObservedHost>> known_;
  std::size_t cached_ = 0;
  std::size_t others_ = 0;
  bool has_times_ = false;
};

}  // namespace

Observations read_har(std::string_view text, const std::string& where) {
  AnyJson document;
  try {
    document = AnyJson::parse(text, is_kept);
  } catch (const AnyJson::exception& error) {
    throw UsageError(fmt::format("{}: no whole HAR file ({}); {}", where,
                                 json_read::complaint(error), kHowToExport));
  }
  const AnyJson& entries = part(part(document, "log"), "entries");
  if (!entries.is_array()) {
    throw UsageError(
        fmt::format("{}: no HAR file: it has no log.entries; {}", where, kHowToExport));
  }
  return HarReader(entries, where).read();
}

}  // namespace fanout
