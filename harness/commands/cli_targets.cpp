// The flags that name targets and recordings: those of run, sweep, list cells and record.
#include "harness/commands/cli_flags.h"
#include "harness/plan/selection.h"
#include "harness/recording/probe.h"
#include "harness/scenario/mode.h"

namespace fanout {
namespace {

// "5/s" or "0.5": requests a second.
std::optional<double> parse_pace(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  return parse_rate(text);
}

// What is read instead of asking.
void add_record_files(CLI::App& app, RecordOptions& record) {
  app.add_option("--har", record.har, "read what a browser noted of a page's requests, HAR 1.2")
      ->type_name("FILE");
  app.add_option("--access-log", record.log.file, "read a server's access log; - is standard input")
      ->type_name("FILE");
  app.add_option("--log-format", record.log.format,
                 "common, combined, json, or the format as nginx or Apache have it")
      ->type_name("FORMAT");
  app.add_option("--field", record.log.fields,
                 "where in JSON time, status, bytes, method or at is; repeatable")
      ->type_name("NAME=KEY[:UNIT]")
      ->allow_extra_args(false);
  app.add_flag("--anonymous", record.anonymous, "name hosts host-1, host-2");
  app.add_flag("--concurrency-probe", record.concurrency,
               fmt::format("make {} requests more, 2, 5 and 10 at once, to see it slow down",
                           kAtOnceRequests));
  app.add_flag("--check", record.check,
               "hold the scenario against the API, by the requests that are left of 100");
}

}  // namespace

void add_targets(CLI::App& app, Options& options, bool many) {
  CLI::Option* file =
      app.add_option("--urls", options.urls.file,
                     "request the URLs in this file, one a line; - is standard input");
  CLI::Option* url =
      app.add_option("--url", options.urls.urls,
                     many ? "request this URL instead of the embedded server; repeatable"
                          : "request this URL; repeatable");
  file->type_name("FILE");
  url->type_name("URL")->allow_extra_args(false);
  app.add_option_function<std::vector<std::string>>(
         "--resolve",
         [&options](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const auto entry = parse_resolve(text);
             if (!entry) fail_value("--resolve", text, "NAME:PORT:ADDRESS, the port a number or *");
             options.urls.resolve.push_back(*entry);
           }
         },
         "send requests for this name and port to this address; repeatable")
      ->type_name("HOST:PORT:IP")
      ->allow_extra_args(false);
  if (many) {
    app.add_flag("--follow", options.urls.follow,
                 "follow up to 10 redirects of a request, where the library can");
  }
  app.add_option("--cert", options.tls.certificate_file,
                 "show this certificate (PEM) to https targets that demand one")
      ->type_name("FILE");
  app.add_option("--key", options.tls.key_file,
                 many ? "the key: of the certificate (default: in its file), or of --server"
                      : "the certificate's key (default: in the same file)")
      ->type_name("FILE");
  app.add_flag("--skip-bad-lines", options.urls.skip_bad_lines,
               "go on without the lines of the list that cannot be used");
  app.add_flag("--i-may-load-this-target", options.may_load,
               "lift the limits for targets outside this machine");
  if (!many) return;
  app.add_flag("--keep-going", options.keep_going,
               "go on though no target answers in the first round");
}

void add_record(CLI::App& app, Options& options) {
  Selection& selection = options.selection;
  add_targets(app, options, false);
  add_record_files(app, options.record);
  add_count(app, "-n,--requests", selection.requests, kLeastSamples, kMostRecorded,
            "make so many requests in all, one after the other (default: 60)");
  add_parsed(app, "--rate", selection.rate, parse_pace,
             fmt::format("requests per second from {} on, such as 5/s", kLeastRate),
             "make at most so many requests a second (default: 5/s)", "RATE");
  app.add_option("-H,--header", selection.headers,
                 "send this field, 'Name: value', with every request; repeatable")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  add_duration(app, "--timeout", selection.timeout, "give up a request after this time");
  add_duration(app, "--connect-timeout", selection.connect_timeout,
               "give up connecting after this time");
  app.add_option("-o,--output", options.output, "write the scenario to this file")
      ->type_name("FILE");
}

void check_record(const CLI::App& app, const Options& options) {
  const RecordOptions& record = options.record;
  const bool reads = !record.har.empty() || !record.log.empty();
  const int sources =
      int{!options.urls.empty()} + int{!record.har.empty()} + int{!record.log.empty()};
  if (sources != 1) {
    throw UsageError(sources == 0
                         ? "record needs a source: name --url, --urls, --har or --access-log"
                         : "record takes one source: --url with --urls, or --har, or --access-log");
  }
  if (options.output.empty()) throw UsageError("record needs -o FILE, to write the scenario to");
  for (const char* flag : {"--requests", "--rate", "--header", "--timeout", "--connect-timeout",
                           "--resolve", "--cert", "--key", "--skip-bad-lines",
                           "--i-may-load-this-target", "--concurrency-probe", "--check"}) {
    if (reads && app.count(flag) > 0) {
      throw UsageError(
          fmt::format("{}: only for --url and --urls: a file is read, and nothing sent", flag));
    }
  }
  for (const char* flag : {"--log-format", "--field"}) {
    if (record.log.empty() && app.count(flag) > 0) {
      throw UsageError(fmt::format("{} is for --access-log; give one", flag));
    }
  }
}

}  // namespace fanout
