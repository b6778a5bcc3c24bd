// The command line as values. Made by harness/commands/cli.cpp, read by
// harness/commands/commands.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/machine/environment.h"
#include "harness/plan/selection.h"
#include "harness/print/list.h"
#include "harness/print/render.h"
#include "harness/recording/access_log.h"
#include "harness/scenario/target_tls.h"
#include "harness/scenario/url_list.h"

namespace fanout {

// The exit code where something is worse than it may be: a gate.
inline constexpr int kExitRegression = 4;

enum class Command : std::uint8_t { run, sweep, list, report, compare, record, serve, doctor };

struct CompareOptions {
  std::vector<std::string> base;  // result files and folders of them; without `next` also NEW
  std::vector<std::string> next;
  double threshold = 0.05;            // what is worse by no more is no regression
  std::vector<std::string> measures;  // empty: all
  bool force = false;                 // even if more than the code differs
};

// record: besides `urls`, which are asked, what it may read instead.
struct RecordOptions {
  std::string har;  // a file; empty: none
  AccessLog log;
  bool anonymous = false;    // hosts are not named
  bool concurrency = false;  // ask several at once, too
  bool check = false;        // hold the scenario against the API
};

struct HostAndPort {
  std::string host;  // a name, or an IPv4 address
  std::uint16_t port = 0;
};

// run, sweep: the embedded server on another machine.
struct RemoteOptions {
  std::optional<HostAndPort> at;  // nothing: it is on this one
  std::string key_file;
  std::string network;  // what lies between, in the user's words
};

// serve: for a controller on another machine.
struct ControlOptions {
  std::optional<HostAndPort> at;  // nothing: for nobody
  std::string key_file;
};

struct Options {
  Command command = Command::run;
  std::string command_line;  // as typed, secrets masked unless they are kept; to be shown again
  bool typed_secrets = false;
  bool keep_secrets = false;

  // run, sweep, list cells
  Selection selection;
  UrlSources urls;
  TargetTls tls;
  RemoteOptions remote;
  bool may_load = false;  // the user answers for loading targets outside this machine
  unsigned rounds = 10;
  std::uint64_t seed = 1;
  std::optional<Affinity> affinity;  // nothing: affinity_for() of the plan
  std::optional<std::chrono::nanoseconds> time_budget;
  std::optional<double> precision;
  std::string against;                  // a command that starts another build; empty: none
  std::optional<std::string> baseline;  // the program of --external that others are held against
  double threshold = 0.05;              // of a regression from either
  std::vector<std::string> fail_if;
  FailOn fail_on = FailOn::interval;
  bool strict = false;
  double least_success = 0.99;
  bool no_references = false;
  bool no_profile = false;
  std::optional<std::chrono::nanoseconds> run_limit;
  std::string output;  // result file; "-": standard output; empty: a fresh one under results/runs/
  std::optional<std::string> resume;  // the file of a measurement that was stopped, to go on with
  std::string failures;               // the file of all requests that failed; empty: none
  bool keep_going = false;
  Format format = Format::table;
  bool dry_run = false;
  bool no_progress = false;
  bool quiet = false;
  bool verbose = false;

  Topic topic = Topic::strategies;  // list
  std::vector<std::string> files;   // report: at least one
  std::string html;                 // report, compare: the page to write; empty: print instead
  CompareOptions compare;
  RecordOptions record;
  bool doctor_json = false;    // doctor
  ServerConfig server;         // serve
  ControlOptions control;      // serve
  std::string serve_scenario;  // serve: whose server to be; empty: `server` as it is
};

}  // namespace fanout
