#include "harness/commands/record_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>
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
  settings.anonymous = options.record.anonymous;
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

Observations read_har_file(const RecordOptions& record) {
  const auto text = read_file(record.har);
  if (!text) {
    throw UsageError(fmt::format("--har {}: cannot be read; name a file", record.har));
  }
  if (text->starts_with("\x1f\x8b")) {
    throw UsageError(fmt::format("{}: is compressed by gzip; unpack it by gunzip", record.har));
  }
  return read_har(*text, record.har, record.anonymous);
}

// The API to ask: its URLs, and how they are asked.
struct Api {
  ProbeSettings settings;
  UrlList urls;
};

Api api_to_ask(const Options& options) {
  Api api{settings_of(options), {}};
  api.urls = urls_to_record(options, api.settings);
  check_fits(options, api.urls, api.settings);
  for (const std::string& note : api.urls.notes) fmt::print(stderr, "note: {}\n", note);
  choose_addresses(api.urls.targets, api.settings.connect_timeout);
  return api;
}

// The texts of the files to write: of the scenario, and of that of mode open where it is known when
// requests came.
std::vector<std::pair<std::string, std::string>> scenario_files(const Options& options,
                                                                const Recording& recording) {
  std::vector<std::pair<std::string, std::string>> files{
      {options.output, scenario_text(recording, Mode::batch)}};
  if (!recording.arrivals) return files;
  const std::string open = open_file_of(options.output);
  Recording at_rate = recording;
  at_rate.name = scenario_name(open);
  files.emplace_back(open, scenario_text(at_rate, Mode::open));
  return files;
}

void check_files(const Options& options) {
  const auto check = [](const std::string& file) {
    check_replaceable(file);
    check_writable("-o", file);
  };
  check(options.output);
  if (!options.record.log.empty()) check(open_file_of(options.output));
}

// Asks once more, if that is wanted and the API has not asked to wait.
void check_double(const Options& options, Api& api, const Observations& seen,
                  Recording& recording) {
  if (!seen.ended_early.empty()) {
    fmt::print("\nNot checked, since the recording ended early.\n");
    return;
  }
  api.settings.requests = kMostRecorded - seen.all.size();
  api.settings.concurrency = false;
  api.settings.only_kept = true;
  recording.check = check_against_api(options.output, api.urls, api.settings);
  (void)replace_file(options.output, scenario_text(recording, Mode::batch));
  fmt::print("{}", check_in_words(*recording.check));
}

}  // namespace

int record(const Options& options) {
  check_files(options);
  std::optional<Api> api;
  if (!options.urls.empty()) api.emplace(api_to_ask(options));
  const Observations seen =
      api ? probe(api->urls, api->settings, progress_on_terminal(all_of(api->settings)))
      : !options.record.har.empty() ? read_har_file(options.record)
                                    : read_access_log(options.record.log);
  Recording recording = recording_of(seen);
  recording.name = scenario_name(options.output);
  recording.recorded_by = "fanout " + this_tool().version;
  recording.recorded_at =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                  std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const auto files = scenario_files(options, recording);
  for (const auto& [file, text] : files) (void)replace_file(file, text);
  for (const std::string& line : seen.unread) fmt::print(stderr, "not read: {}\n", line);
  fmt::print("{}", in_words(recording));
  for (const auto& [file, text] : files) {
    fmt::print("\nscenario: {}\nfanout run --scenario {}\n", file, shell_word(file));
  }
  if (api && options.record.check) check_double(options, *api, seen, recording);
  return 0;
}

}  // namespace fanout
