#include "harness/recording/har.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json_read.h"
#include "base/text.h"
#include "harness/recording/flights.h"
#include "harness/recording/har_entry.h"
#include "transports/method.h"
#include "transports/url.h"

namespace fanout {
namespace {

using AnyJson = nlohmann::json;
using std::chrono::nanoseconds;

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

class HarReader {
 public:
  HarReader(const AnyJson& entries, const std::string& where, bool anonymous)
      : entries_(entries),
        where_(where),
        anonymous_(anonymous),
        tls_is_apart_(tls_is_apart(entries)) {}

  Observations read() {
    seen_.source = Source::har;
    for (const AnyJson& entry : entries_) note(entry);
    if (!has_times_ && !seen_.all.empty()) {
      throw UsageError(fmt::format("{}: none of its {} has timings; {}", where_,
                                   counted_entries(entries_.size()), kHowToExport));
    }
    leave_out(cached_, "the browser's cache answered");
    leave_out(others_, "asked for something else than http:// or https://");
    check_enough(where_, seen_);
    leave_out_useless_hosts();
    note_flights();
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
    } else if (from_cache(entry)) {
      ++cached_;
    } else {
      const std::string method = text_at(request, "method");
      if (parse_method(method)) ++seen_.methods[method];
      Observation one = observation_of_entry(entry, tls_is_apart_);
      has_times_ = has_times_ || one.first_byte.has_value();
      one.host = index_of(*host);
      seen_.all.push_back(std::move(one));
      flights_.push_back(flight_of(entry, tls_is_apart_));
    }
  }

  void note_flights() {
    std::vector<Flight> flights;
    for (const std::optional<Flight>& flight : flights_) {
      if (flight) flights.push_back(*flight);
    }
    const FlightsSeen seen = flights_seen(std::move(flights));
    seen_.most_at_once = seen.most_at_once;
    seen_.workers_alike = seen.workers_alike;
    if (seen.pauses == 0) return;
    seen_.notes.push_back(counted(seen.pauses, "pause") + " of a second or more between requests");
  }

  // The host of a URL, which is that of its part before the path.
  const std::optional<ObservedHost>& host_at(const std::string& url) {
    const std::size_t authority = url.find("//");
    const std::size_t end =
        url.find_first_of("/?#", authority == std::string::npos ? 0 : authority + 2);
    const auto [known, is_new] = known_.try_emplace(url.substr(0, end));
    if (!is_new) return known->second;
    known->second = origin_of(known->first);
    if (anonymous_ && known->second) {
      known->second->name = anonymous_name(known->second->tls, ++named_);
    }
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
      if (usable[i] == 0) leave_out_host(i);
    }
  }

  void leave_out_host(std::size_t host) {
    const std::size_t before = seen_.all.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < before; ++i) {
      if (seen_.all[i].host == host) continue;
      if (seen_.all[i].host > host) --seen_.all[i].host;
      std::swap(seen_.all[kept], seen_.all[i]);
      std::swap(flights_[kept++], flights_[i]);
    }
    seen_.all.resize(kept);
    flights_.resize(kept);
    seen_.notes.push_back(fmt::format("{} to {}, which answered nothing that can be used",
                                      counted(before - kept, "request"), seen_.hosts[host].name));
    seen_.hosts.erase(seen_.hosts.begin() + static_cast<std::ptrdiff_t>(host));
  }

  const AnyJson& entries_;
  const std::string& where_;
  bool anonymous_;
  bool tls_is_apart_;
  Observations seen_;
  std::vector<std::optional<Flight>> flights_;  // of seen_.all, in the same places
  std::map<std::string, std::optional<ObservedHost>> known_;
  std::size_t named_ = 0;
  std::size_t cached_ = 0;
  std::size_t others_ = 0;
  bool has_times_ = false;
};

}  // namespace

Observations read_har(std::string_view text, const std::string& where, bool anonymous) {
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
  return HarReader(entries, where, anonymous).read();
}

}  // namespace fanout
