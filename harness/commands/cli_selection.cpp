// The flags that choose what runs: those of run, sweep and list cells.
#include <charconv>
#include <iostream>
#include <iterator>

#include "base/file.h"
#include "harness/commands/cli_flags.h"
#include "harness/plan/selection.h"
#include "harness/plan/worker_list.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/hedge_text.h"
#include "harness/scenario/mode.h"
#include "harness/scenario/protocols.h"

namespace fanout {
namespace {

std::optional<std::uint64_t> parse_requests(const std::string& text) {
  const auto count = parse_count(text);
  return count && *count >= 1 && *count <= kMaxRequests ? count : std::nullopt;
}

std::optional<std::uint64_t> parse_queue_capacity(const std::string& text) {
  if (text == "unbounded") return kUnboundedQueue;
  return parse_requests(text);
}

void add_protocols(CLI::App& app, Selection& selection) {
  app.add_option_function<std::string>(
         "--http", [&selection](const std::string& text) { selection.http = parse_versions(text); },
         "speak these versions of HTTP, such as 1.1,2 (default: the scenario's)")
      ->type_name("LIST");
  app.add_option_function<std::string>(
         "--connections",
         [&selection](const std::string& text) { selection.connections = parse_connections(text); },
         "share so many to each host over HTTP/2: 1,2,workers (default: 1)")
      ->type_name("LIST");
}

void add_mode(CLI::App& app, Selection& selection) {
  add_names(app, "--mode", selection.mode, kModeNames, "measure from cold, warm, or on a schedule");
  add_parsed(app, "--rate", selection.rate, parse_rate,
             fmt::format("requests per second from {} to {} (10k and 2M are understood)",
                         kLeastRate, kMostRate),
             "make so many requests a second in all (mode open)", "RATE");
  add_names(app, "--arrivals", selection.arrivals, kArrivalsNames,
            "space requests evenly or at random, in mode open");
}

// Who takes part besides fanout's own strategies.
void add_programs(CLI::App& app, Selection& selection) {
  app.add_option_function<std::vector<std::string>>(
         "--external",
         [&selection](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const auto program = program_from(text);
             if (!program) fail_value("--external", text, "NAME=COMMAND");
             selection.externals.push_back(*program);
           }
         },
         "run your program too (strategies/peers/PROTOCOL.md); repeatable")
      ->type_name("NAME=CMD")
      ->allow_extra_args(false);
  const auto choose = [&selection](bool with) {
    if (selection.peers.value_or(with) != with) {
      throw UsageError("--peers and --no-peers exclude each other; use one of them");
    }
    selection.peers = with;
  };
  app.add_flag_callback(
      "--peers", [=] { choose(true); },
      "run external programs too: the scenario's, or all if it has none");
  app.add_flag_callback(
      "--no-peers", [=] { choose(false); },
      "leave out the external programs that the scenario names");
}

std::optional<double> parse_max_rate(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  return parse_rate(text);
}

std::optional<Work> parse_work(const std::string& text) {
  const auto body = enum_value(text, kBodyWorkNames);
  if (body && *body != BodyWork::none) return Work{.body = *body};
  const auto cpu = parse_duration(text);
  if (!cpu || *cpu > kMostWork) return std::nullopt;
  return Work{.cpu = *cpu};
}

void add_share(CLI::App& app, const std::string& flag, std::optional<double>& target,
               const std::string& help) {
  const auto within = [](const std::string& text) {
    const auto share = parse_share(text);
    return share && *share >= kLeastShare && *share <= 1 ? share : std::nullopt;
  };
  add_parsed(app, flag, target, within, "a share above 0 and up to 1, such as 0.2 or 20%", help,
             "SHARE");
}

void add_strategy_options(CLI::App& app, Selection& selection) {
  app.add_option_function<std::vector<std::string>>(
         "--strategy-option",
         [&selection](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const std::size_t equals = text.find('=');
             const char* const end = text.data() + text.size();
             double value = 0;
             const auto [stop, error] =
                 std::from_chars(text.data() + std::min(equals + 1, text.size()), end, value);
             const bool whole = error == std::errc() && stop == end;
             if (equals == std::string::npos || !whole) {
               fail_value("--strategy-option", text, "STRATEGY.OPTION=NUMBER");
             }
             selection.strategy_options[text.substr(0, equals)] = value;
           }
         },
         "set STRATEGY.OPTION=NUMBER (fanout list strategies); repeatable")
      ->type_name("SET")
      ->allow_extra_args(false);
}

// What overrules the scenario's client policy.
void add_policy(CLI::App& app, Selection& selection) {
  add_duration(app, "--timeout", selection.timeout, "give up a request after this time");
  add_duration(app, "--connect-timeout", selection.connect_timeout,
               "give up connecting after this time");
  add_duration(app, "--deadline", selection.deadline,
               "give up all requests after this time, also those not yet begun");
  add_count(app, "--retries", selection.retries, 0, kMaxRetries,
            "try a failed request so many times more, with exponential backoff");
  add_share(app, "--retry-budget", selection.retry_budget,
            "try at most this share of the requests again, and ten");
  add_parsed(app, "--max-rate", selection.max_rate, parse_max_rate,
             fmt::format("requests per second from {} to {} (100/s and 10k are understood)",
                         kLeastRate, kMostRate),
             "begin at most so many attempts a second, of all workers together", "RATE");
  add_count(app, "--per-host", selection.per_host, 1, kMaxWorkers,
            "have at most so many attempts in flight to each host");
  add_parsed(app, "--hedge-after", selection.hedge_after, parse_hedge_after, kHedgeAfterExpected,
             "make a second attempt for a request that takes longer (event loops)", "DURATION|pNN");
  add_share(app, "--hedge-budget", selection.hedge_budget,
            "hedge at most this share of the requests (default: 0.1)");
  add_strategy_options(app, selection);
  add_parsed(app, "--queue-capacity", selection.queue_capacity, parse_queue_capacity,
             "a whole number from 1 on, or unbounded",
             "let queues hold so many requests (default: twice the workers)", "COUNT");
}

// All of standard input.
std::string read_stdin() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

}  // namespace

void read_body(Selection& selection, bool list_on_stdin) {
  if (!selection.body || !selection.body->starts_with('@')) return;
  const std::string file = selection.body->substr(1);
  if (file == "-" && list_on_stdin) {
    throw UsageError("--body @-: standard input is the list of --urls -; name a file");
  }
  const std::optional<std::string> found = file == "-" ? read_stdin() : read_file(file);
  if (!found) {
    throw UsageError(
        fmt::format("--body {}: cannot be read; name a file behind the @, or - for standard input",
                    *selection.body));
  }
  if (found->size() > kMaxRequestBody) {
    throw UsageError(fmt::format("--body {}: has {}, more than {}", *selection.body,
                                 format_bytes(static_cast<double>(found->size())),
                                 format_bytes(static_cast<double>(kMaxRequestBody))));
  }
  selection.body = *found;
}

void add_selection(CLI::App& app, Selection& selection) {
  add_list(app, "--scenario", selection.scenarios,
           "run these built-in scenarios or scenario files (default: api-fanout)", "NAME|FILE,...");
  add_list(app, "--strategy", selection.strategies,
           "run these, or all that match, as 'py_*' does (default: the scenario's)", "A,B,...");
  add_programs(app, selection);
  add_list(app, "--transport", selection.transports,
           "use these, or all (default: one HTTP library for every strategy)", "A,B,...");
  app.add_option_function<std::string>(
         "--workers",
         [&selection](const std::string& text) { selection.workers = parse_workers(text); },
         "keep so many in flight: 1,5,10 or 1..64 (powers of two) or 1..64:4")
      ->type_name("LIST");
  add_parsed(app, "-n,--requests", selection.requests, parse_requests,
             fmt::format("a whole number from 1 to {}, since requests are numbered in 32 bits (10k "
                         "and 2M are understood)",
                         kMaxRequests),
             "make so many requests in each run; in mode steady, at most so many", "COUNT");
  add_protocols(app, selection);
  add_mode(app, selection);
  add_names(app, "--reuse", selection.reuse, EnumNames<bool, 2>{{{"on", true}, {"off", false}}},
            "keep connections, or open one for each request");
  add_count(app, "--max-idle", selection.max_idle, 1, kMaxIdle,
            "keep so many idle connections (default: 2 x workers, at least 10)");
  add_parsed(app, "--method", selection.method, parse_method, std::string(kMethodExpected),
             "use this method: GET, HEAD, POST, PUT, PATCH, DELETE or any other", "METHOD");
  app.add_option("--body", selection.body,
                 "send this body with every request, as POST unless --method says")
      ->type_name("TEXT|@FILE");
  add_names(app, "--engine", selection.engine, kEngineNames,
            "use this engine of the embedded server");
  app.add_option("-H,--header", selection.headers,
                 "send this field, 'Name: value', with every request; repeatable")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  add_parsed(app, "--work", selection.work, parse_work, kWorkExpected,
             "spend so much CPU time on each answer, or do this: sha256 or json", "WORK");
  add_policy(app, selection);
}

}  // namespace fanout
