#include "harness/recording/recording_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "harness/print/table.h"
#include "wire/token.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

std::string words_of(nanoseconds time) {
  return format_duration(static_cast<double>(time.count()));
}

// The times that the embedded server will take, drawn as it draws them.
std::vector<nanoseconds> drawn(const Delay& delay) {
  constexpr std::uint64_t kDrawn = 10'000;
  std::vector<nanoseconds> times;
  for (std::uint64_t i = 0; i < kDrawn; ++i) times.push_back(draw(delay, make_token(1, i)));
  std::ranges::sort(times);
  return times;
}

std::vector<std::string> times_row(const std::string& host, std::string_view what,
                                   const std::vector<nanoseconds>& times) {
  std::vector<std::string> row{host, std::string(what)};
  for (const double share : {0.5, 0.9, 0.99}) row.push_back(words_of(quantile(times, share)));
  return row;
}

Table think_times(const Recording& recording) {
  constexpr auto kLeft = Column::Align::left;
  Table table;
  table.columns = {{"host", kLeft}, {"think time", kLeft}, {"p50"}, {"p90"}, {"p99"}};
  for (const HostFit& host : recording.hosts) {
    table.rows.push_back(times_row(host.name, "as seen", host.seen.think_times));
    table.rows.push_back(times_row("", "as fitted", drawn(host.behaviour.delay)));
  }
  return table;
}

std::string tls_words_of(const Seen& seen) {
  if (seen.handshakes.empty()) return "-";
  return fmt::format("{}, {}", seen.tls12 ? "1.2" : "1.3",
                     words_of(quantile(seen.handshakes, 0.5)));
}

std::string version_words(unsigned version) {
  if (version == 0) return "-";
  return version == 20 ? "2 offered" : fmt::format("{}.{}", version / 10, version % 10);
}

std::string size_words(const std::vector<std::uint64_t>& sizes) {
  const auto bytes = [](std::uint64_t size) { return format_bytes(static_cast<double>(size)); };
  if (sizes.front() == sizes.back()) return bytes(sizes.front());
  return fmt::format("{} to {}", bytes(sizes.front()), bytes(sizes.back()));
}

std::string status_words(const Seen& seen) {
  std::vector<std::string> words;
  for (const auto& [status, count] : seen.statuses) {
    words.push_back(fmt::format("{} x {}", count, status));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string kept_words(const Seen& seen) {
  if (!seen.close_after) return "closed by no rule";
  return *seen.close_after == 0 ? "kept" : "closed after " + counted(*seen.close_after, "request");
}

Table connections(const Recording& recording) {
  constexpr auto kLeft = Column::Align::left;
  Table table;
  table.columns = {
      {"host", kLeft}, {"samples"},         {"round trip"},        {"TLS"}, {"HTTP"}, {"header"},
      {"bodies"},      {"statuses", kLeft}, {"connections", kLeft}};
  for (const HostFit& host : recording.hosts) {
    const Seen& seen = host.seen;
    table.rows.push_back(
        {host.name, fmt::format("{} of {}", seen.usable, seen.requests),
         seen.round_trip ? words_of(*seen.round_trip) : "-", tls_words_of(seen),
         version_words(seen.http_version),
         seen.header_bytes ? format_bytes(static_cast<double>(*seen.header_bytes)) : "-",
         size_words(seen.sizes), status_words(seen), kept_words(seen)});
  }
  return table;
}

std::string list_of(std::string_view title, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  return fmt::format("\n{}:\n- {}\n", title, fmt::join(sentences, "\n- "));
}

// How think times differ between connections used before and new ones: where they do much, some
// of what looks like thinking is connecting.
std::string kinds_of_connections(const Seen& seen) {
  const auto half = [](const std::vector<nanoseconds>& times) {
    return times.empty() ? std::string("-") : words_of(quantile(times, 0.5));
  };
  return fmt::format(
      "{} came over connections used before (median think time {}), {} over new ones ({}).",
      counted(seen.on_kept.size(), "sample"), half(seen.on_kept), seen.on_new.size(),
      half(seen.on_new));
}

// What each host has shown, besides what the tables say.
std::string remarks(const HostFit& host) {
  const Seen& seen = host.seen;
  std::string text = fmt::format("\n{}: {}", host.name, kinds_of_connections(seen));
  if (host.behaviour.rtt.count() == 0 && seen.round_trip) {
    text += fmt::format(" Its round trip is too short to be emulated (less than {}).",
                        words_of(kLeastRoundTrip));
  }
  constexpr std::size_t kEnoughForP99 = 100;
  if (seen.usable < kEnoughForP99) {
    text += fmt::format(" With {}, p99 is the slowest of them.", counted(seen.usable, "sample"));
  }
  text += "\n";
  for (const std::string& field : seen.rate_limit_fields) text += fmt::format("  {}\n", field);
  return text + list_of("Seen of it and not acted out", host.left_out);
}

}  // namespace

std::string in_words(const Recording& recording) {
  std::string text;
  if (!recording.ended_early.empty()) text += "ended early: " + recording.ended_early + "\n\n";
  text += to_text(think_times(recording)) + "\n" + to_text(connections(recording));
  for (const HostFit& host : recording.hosts) text += remarks(host);
  text += list_of("Unknown, and not predicted by the scenario", unknowns());
  if (recording.hosts.size() > 1) {
    text += "\nThe scenario asks all hosts equally often.\n";
  }
  return text;
}

}  // namespace fanout
