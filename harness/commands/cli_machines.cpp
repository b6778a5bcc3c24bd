// The flags of a measurement on two machines: those of run and sweep that name the other one, and
// those by which serve becomes it.
#include <utility>

#include "harness/commands/cli_flags.h"

namespace fanout {
namespace {

// "10.0.0.2:7000", "server.example.org:7000".
std::optional<HostAndPort> parse_host_and_port(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || text.find(':') != colon) return std::nullopt;
  const auto port = parse_count(text.substr(colon + 1));
  if (!port || *port > 65535) return std::nullopt;
  return HostAndPort{text.substr(0, colon), static_cast<std::uint16_t>(*port)};
}

std::optional<HostAndPort> parse_other_machine(const std::string& text) {
  const auto found = parse_host_and_port(text);
  return found && found->port != 0 ? found : std::nullopt;
}

std::optional<HostAndPort> parse_own_address(const std::string& text) {
  const auto found = parse_host_and_port(text);
  return found && CLI::ValidIPV4(found->host).empty() ? found : std::nullopt;
}

[[noreturn]] void exclude(const std::string& one, const std::string& other,
                          const std::string& why) {
  throw UsageError(
      fmt::format("{} and {} exclude each other: {}; leave out {}", one, other, why, other));
}

void check_control(const CLI::App& serve, const ControlOptions& control) {
  if (!control.at) {
    if (control.key_file.empty()) return;
    throw UsageError("--key is for a controller on another machine; use it with --control");
  }
  if (control.key_file.empty()) {
    throw UsageError(
        "--control needs --key FILE: a secret that proves who may control this server "
        "(made if the file is not there)");
  }
  for (const CLI::Option* option : serve.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "--control" || name == "--key") continue;
    exclude("--control", name, "the controller says how to serve");
  }
}

}  // namespace

void add_remote(CLI::App& app, RemoteOptions& remote) {
  add_parsed(app, "--server", remote.at, parse_other_machine,
             "HOST:PORT as 'fanout serve --control' prints them",
             "use the server of 'fanout serve --control' on another machine", "HOST:PORT");
  app.add_option("--network", remote.network,
                 "with --server: name what lies between, such as '10 GbE, one switch'")
      ->type_name("TEXT");
}

void add_control(CLI::App& app, ControlOptions& control) {
  add_parsed(app, "--control", control.at, parse_own_address,
             "IPV4:PORT, an address of this machine (0.0.0.0: all) and a port (0: any)",
             "serve a 'fanout run --server' elsewhere, controlled at this address", "IPV4:PORT");
  app.add_option("--key", control.key_file,
                 "with --control: the file of the secret, made if it is not there")
      ->type_name("FILE");
}

void check_remote(const CLI::App& command, Options& options) {
  if (options.command == Command::serve) check_control(command, options.control);
  if (options.command != Command::run && options.command != Command::sweep) return;
  RemoteOptions& remote = options.remote;
  if (!remote.at) {
    if (remote.network.empty()) return;
    throw UsageError("--network names what lies between two machines; use it with --server");
  }
  for (const char* flag : {"--url", "--urls", "--cert"}) {
    if (command.count(flag) > 0) exclude("--server", flag, "real targets answer by themselves");
  }
  if (command.count("--affinity") > 0) {
    exclude("--server", "--affinity", "server and clients have a machine each");
  }
  remote.key_file = std::exchange(options.tls.key_file, {});
  if (!remote.key_file.empty()) return;
  throw UsageError("--server needs --key FILE: the one that 'fanout serve --control' uses there");
}

}  // namespace fanout
