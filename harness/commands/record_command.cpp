#include "harness/commands/record_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/machine/environment.h"
#include "harness/machine/output_file.h"
#include "harness/plan/courtesy.h"
#include "harness/plan/selection.h"
#include "harness/recording/fit.h"
#include "harness/recording/probe.h"
#include "harness/recording/recording_json.h"
#include "harness/recording/recording_words.h"
#include "harness/scenario/address_choice.h"
#include "harness/scenario/request_headers.h"

namespace fanout {
namespace {

ProbeSettings settings_of(const Options& options) {
  ProbeSettings settings;
  const Selection& selection = options.selection;
  settings.requests = selection.requests.value_or(settings.requests);
  settings.per_second = selection.rate.value_or(settings.per_second);
  settings.timeout = selection.timeout.value_or(settings.timeout);
  settings.connect_timeout = selection.connect_timeout.value_or(settings.connect_timeout);
  settings.headers = introduced(selection.headers);
  return settings;
}

// The URLs, and where they lead.
UrlList urls_to_record(const Options& options, const ProbeSettings& settings) {
  check_headers(options.selection.headers);
  const RequestDefaults defaults{std::nullopt, settings.headers, {}};
  UrlList urls = read_urls(options.urls, defaults, settings.requests, true);
  check_tls(options.tls, urls.about.tls);
  urls.tls = options.tls;
  return urls;
}

// Every host needs its samples, and strangers are asked no faster than they are unasked.
void check_fits(const Options& options, const UrlList& urls, const ProbeSettings& settings) {
  const std::size_t hosts = urls.targets.size();
  if (settings.requests < kLeastSamples * hosts) {
    throw UsageError(fmt::format(
        "{} for {}: a recording needs {} samples of each host, and makes at most {}; give {}",
        counted(settings.requests, "request"), counted(hosts, "host"), kLeastSamples, kMostRecorded,
        kLeastSamples * hosts <= kMostRecorded ? fmt::format("-n {}", kLeastSamples * hosts)
                                               : "fewer hosts"));
  }
  const auto stranger = std::ranges::find_if_not(urls.targets, on_this_machine);
  if (stranger == urls.targets.end() || options.may_load) return;
  if (settings.per_second <= kCourteousRate) return;
  throw UsageError(
      fmt::format("{} is not this machine: at most {} requests per second are sent there unasked, "
                  "not {}; lower --rate, or give --i-may-load-this-target",
                  stranger->host(), kCourteousRate, format_number(settings.per_second)));
}

// Draws how far it is over one line of a terminal.
ProbeProgress progress_on_terminal(std::uint64_t requests) {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return [requests](std::uint64_t made) {
    fmt::print(stderr, "\rrecording: {} of {}{}", made, counted(requests, "request"),
               made == requests ? "\n" : "");
    std::fflush(stderr);
  };
}

}  // namespace

int record(const Options& options) {
  const ProbeSettings settings = settings_of(options);
  check_replaceable(options.output);
  check_writable("-o", options.output);
  UrlList urls = urls_to_record(options, settings);
  check_fits(options, urls, settings);
  for (const std::string& note : urls.notes) fmt::print(stderr, "note: {}\n", note);
  choose_addresses(urls.targets, settings.connect_timeout);
  Recording recording{
      .name = scenario_name(options.output),
      .recorded_by = "fanout " + this_tool().version,
      .recorded_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(
                                                              std::chrono::system_clock::now())),
      .source = "requests"};
  const Observations seen = probe(urls, settings, progress_on_terminal(settings.requests));
  recording.hosts = fit(seen);
  recording.ended_early = seen.ended_early;
  (void)replace_file(options.output, scenario_text(recording));
  fmt::print("{}\nscenario: {}\nfanout run --scenario {}\n", in_words(recording), options.output,
             shell_word(options.output));
  return 0;
}

}  // namespace fanout
