#include "harness/commands/record_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/commands/record_check.h"
#include "harness/machine/environment.h"
#include "harness/machine/output_file.h"
#include "harness/plan/courtesy.h"
#include "harness/plan/selection.h"
#include "harness/recording/access_log.h"
#include "harness/recording/har.h"
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
  settings.concurrency = options.record.concurrency;
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

// How many requests a recording makes.
std::uint64_t all_of(const ProbeSettings& settings) {
  return settings.requests + (settings.concurrency ? kAtOnceRequests : 0);
}

// What is asked for besides fits into the requests that are allowed.
void check_extras(const Options& options, std::size_t hosts, const ProbeSettings& settings) {
  constexpr std::uint64_t kLeastChecked = 10;
  if (settings.concurrency && hosts > 1) {
    throw UsageError(
        "--concurrency-probe: is for one host, since there are not requests enough for more; "
        "record each by itself");
  }
  const std::uint64_t all = all_of(settings) + (options.record.check ? kLeastChecked : 0);
  if (all > kMostRecorded) {
    throw UsageError(fmt::format(
        "{} requests, with those of {}, are more than the {} that a recording may make; give -n {}",
        all, options.record.check ? "--check" : "--concurrency-probe", kMostRecorded,
        settings.requests - std::min(settings.requests, all - kMostRecorded)));
  }
  if (options.record.check && options.urls.file == "-") {
    throw UsageError("--check: reads the list twice, so it cannot be standard input; name a file");
  }
}

// Every host needs its samples, and strangers are asked no faster than they are unasked.
void check_fits(const Options& options, const UrlList& urls, const ProbeSettings& settings) {
  const std::size_t hosts = urls.targets.size();
  check_extras(options, hosts, settings);
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

// Asks the API, or reads what somebody else has noted of it.
Observations observed(const Options& options) {
  if (!options.record.har.empty()) {
    const auto text = read_file(options.record.har);
    if (!text) {
      throw UsageError(fmt::format("--har {}: cannot be read; name a file", options.record.har));
    }
    return read_har(*text, options.record.har);
  }
  if (!options.record.log.empty()) return read_access_log(options.record.log);
  const ProbeSettings settings = settings_of(options);
  UrlList urls = urls_to_record(options, settings);
  check_fits(options, urls, settings);
  for (const std::string& note : urls.notes) fmt::print(stderr, "note: {}\n", note);
  choose_addresses(urls.targets, settings.connect_timeout);
  return probe(urls, settings, progress_on_terminal(all_of(settings)));
}

// Writes the scenario, and that of mode open where it is known when requests came.
std::vector<std::string> write_scenarios(const Options& options, const Recording& recording) {
  (void)replace_file(options.output, scenario_text(recording, Mode::batch));
  if (!recording.arrivals) return {options.output};
  const std::string open = open_file_of(options.output);
  Recording at_rate = recording;
  at_rate.name = scenario_name(open);
  (void)replace_file(open, scenario_text(at_rate, Mode::open));
  return {options.output, open};
}

void check_files(const Options& options) {
  std::vector<std::string> files{options.output};
  check_replaceable(options.output);
  if (!options.record.log.empty()) files.push_back(open_file_of(options.output));
  for (const std::string& file : files) {
    check_replaceable(file);
    check_writable("-o", file);
  }
}

}  // namespace

int record(const Options& options) {
  check_files(options);
  const Observations seen = observed(options);
  Recording recording = recording_of(seen, options.record.anonymous);
  recording.name = scenario_name(options.output);
  recording.recorded_by = "fanout " + this_tool().version;
  recording.recorded_at =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                  std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const std::vector<std::string> files = write_scenarios(options, recording);
  for (const std::string& line : seen.unread) fmt::print(stderr, "not read: {}\n", line);
  fmt::print("{}", in_words(recording));
  if (options.record.check) {
    std::fflush(stdout);
    recording.check = check_against_api(options, options.output, kMostRecorded - seen.all.size());
    (void)write_scenarios(options, recording);
    fmt::print("{}", check_in_words(*recording.check));
  }
  for (const std::string& file : files) {
    fmt::print("\nscenario: {}\nfanout run --scenario {}\n", file, shell_word(file));
  }
  return 0;
}

}  // namespace fanout
