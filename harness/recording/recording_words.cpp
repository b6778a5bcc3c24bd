#include "harness/recording/recording_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "harness/print/table.h"
#include "harness/recording/slowdown_fit.h"
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
    if (host.seen.think_times.empty()) continue;
    table.rows.push_back(times_row(host.name, "as seen", host.seen.think_times));
    table.rows.push_back(times_row("", "as fitted", drawn(host.behaviour.delay)));
  }
  return table;
}

// How many of the times, which ascend, lie above `from` and no higher than `to`, as a bar and a
// share.
std::string bar_of(const std::vector<nanoseconds>& times, nanoseconds from, nanoseconds to) {
  const auto count = std::ranges::upper_bound(times, to) - std::ranges::upper_bound(times, from);
  const double share = static_cast<double>(count) / static_cast<double>(times.size());
  constexpr double kWidest = 40;
  const auto width = static_cast<std::size_t>(std::ceil(share * kWidest));
  return fmt::format("{:>3.0f} % {}", 100 * share, std::string(width, '#'));
}

// How think times are distributed, as seen and as fitted, in parts that widen as times do; empty
// where all are much alike.
Table distribution(const HostFit& host) {
  constexpr std::size_t kParts = 10;
  constexpr double kAlike = 1.2;
  const std::vector<nanoseconds>& seen = host.seen.think_times;
  const std::vector<nanoseconds> fitted = drawn(host.behaviour.delay);
  const nanoseconds low = std::max(seen.front(), nanoseconds(std::chrono::microseconds(100)));
  const double widening =
      static_cast<double>(seen.back().count()) / static_cast<double>(low.count());
  Table table;
  table.columns = {
      {"think time"}, {"as seen", Column::Align::left}, {"as fitted", Column::Align::left}};
  if (widening < kAlike) return table;
  nanoseconds from{-1};
  for (std::size_t i = 1; i <= kParts; ++i) {
    const double part = static_cast<double>(i) / kParts;
    const nanoseconds to = i == kParts ? std::max(seen.back(), fitted.back())
                                       : nanoseconds(std::llround(static_cast<double>(low.count()) *
                                                                  std::pow(widening, part)));
    table.rows.push_back({"to " + words_of(to), bar_of(seen, from, to), bar_of(fitted, from, to)});
    from = to;
  }
  return table;
}

std::string tls_words_of(const Seen& seen) {
  if (seen.handshakes.empty()) return "-";
  const std::string_view version = seen.tls == Seen::Tls::unknown ? ""
                                   : seen.tls == Seen::Tls::v12   ? "1.2, "
                                                                  : "1.3, ";
  return fmt::format("{}{}", version, words_of(quantile(seen.handshakes, 0.5)));
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

std::string kept_words(const Seen& seen, Source source) {
  if (source != Source::requests) return "-";  // nobody has watched them
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
         seen.http_version == 0 ? "-" : http_version_text(seen.http_version),
         seen.header_bytes ? format_bytes(static_cast<double>(*seen.header_bytes)) : "-",
         size_words(seen.sizes), status_words(seen), kept_words(seen, recording.source)});
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

// How well a makespan can be predicted: no better than the mean is known.
std::string mean_words(const Seen& seen) {
  const MeanTime mean = mean_time(seen.think_times);
  if (mean.value.count() == 0) return {};
  const double share =
      static_cast<double>(mean.error.count()) / static_cast<double>(mean.value.count());
  return fmt::format(
      " Their mean is {}, give or take {} % (2 standard errors), and no makespan is known "
      "better.",
      words_of(mean.value), format_number(100 * share));
}

// What it took with more requests at once, and what of that is acted out.
std::string at_once_words(const HostFit& host) {
  std::vector<std::string> words;
  for (const auto& [at_once, times] : host.seen.at_once) {
    words.push_back(fmt::format("{} among {}", words_of(quantile(times, 0.5)), at_once));
  }
  if (words.empty()) return {};
  const Slowdown& slowdown = host.behaviour.slowdown;
  const std::string fitted =
      slowdown.per_request.count() == 0
          ? "That is no slowdown beyond the noise."
          : fmt::format("Fitted: {} more for each request beyond {} that the host already has.",
                        words_of(slowdown.per_request), slowdown.above);
  return fmt::format(" Median think times with several in flight: {}. {}", fmt::join(words, ", "),
                     fitted);
}

// What each host has shown, besides what the tables say.
std::string remarks(const HostFit& host, Source source) {
  const Seen& seen = host.seen;
  std::string text =
      fmt::format("\n{}: {}", host.name,
                  source == Source::access_log ? counted(seen.usable, "sample") + " were fitted."
                                               : kinds_of_connections(seen));
  text += mean_words(seen);
  text += at_once_words(host);
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
  if (!seen.think_times.empty()) {
    if (const Table chart = distribution(host); !chart.rows.empty()) {
      text += "\n" + to_text(chart);
    }
  }
  return text + list_of("Seen of it and not acted out", host.left_out);
}

// When the requests of a log came.
std::string arrivals_words(const ArrivalsSeen& seen) {
  std::string text =
      fmt::format("\nThe log has {} in {}: {} a second on average, and {} in its busiest {}.",
                  counted(seen.requests, "request"), words_of(seen.span), format_number(seen.rate),
                  format_number(seen.busiest_rate), words_of(seen.part));
  if (!seen.dispersion) return text + "\n";
  constexpr double kEven = 0.5;
  constexpr double kBursty = 2;
  const std::string_view kind = *seen.dispersion < kEven ? "more evenly than by chance"
                                : *seen.dispersion < kBursty
                                    ? "about as by chance (Poisson)"
                                    : "in bursts, or at a rate that changes, which the scenario of "
                                      "mode open does not act out";
  return text +
         fmt::format(
             " The variance of their counts is {} times the mean (index of dispersion): they "
             "came {}.\n",
             format_number(*seen.dispersion), kind);
}

// The prediction held against the API.
Table check_table(const DoubleCheck& check) {
  Table table;
  table.columns = {{"", Column::Align::left}, {"predicted"}, {"actual"}, {"ratio"}};
  for (const auto& [what, time] :
       {std::pair{"makespan", check.makespan}, std::pair{"median", check.median},
        std::pair{"p90", check.p90}}) {
    table.rows.push_back({what, words_of(time.predicted), words_of(time.actual),
                          format_number(static_cast<double>(time.predicted.count()) /
                                        static_cast<double>(time.actual.count()))});
  }
  return table;
}

}  // namespace

std::string check_in_words(const DoubleCheck& check) {
  const std::uint64_t failed = check.requests - check.answered;
  return fmt::format(
      "\nChecked by {}, one after the other, to the scenario ({}) and to the API:\n{}{}",
      counted(check.requests, "request"), check.row, to_text(check_table(check)),
      failed == 0
          ? ""
          : fmt::format("Of them {} got no answer from the API, whose times are of the others.\n",
                        failed));
}

std::string in_words(const Recording& recording) {
  std::string text;
  if (!recording.ended_early.empty()) text += "ended early: " + recording.ended_early + "\n\n";
  if (const Table times = think_times(recording); !times.rows.empty()) {
    text += to_text(times) + "\n";
  }
  text += to_text(connections(recording));
  for (const HostFit& host : recording.hosts) text += remarks(host, recording.source);
  if (recording.arrivals) text += arrivals_words(*recording.arrivals);
  text += list_of("Not in the scenario", recording.notes);
  text += list_of("Unknown, and not predicted by the scenario", recording.unknown);
  if (recording.hosts.size() > 1 && recording.order.empty()) {
    text += "\nThe scenario asks all hosts equally often.\n";
  }
  return text;
}

}  // namespace fanout
