// The server as the controller's child: commands in, answers out, one packet each.
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "local_server/engine.h"
#include "local_server/ledger_json.h"
#include "local_server/process_setup.h"
#include "local_server/server_main.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

// The next packet, however long; nothing once the other side has closed.
std::optional<std::string> receive_packet(int fd) {
  while (true) {
    char first = 0;
    const ssize_t size = ::recv(fd, &first, 1, MSG_PEEK | MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return std::nullopt;
    std::string packet(static_cast<std::size_t>(size), '\0');
    const ssize_t received = ::recv(fd, packet.data(), packet.size(), 0);
    if (received < 0 && errno == EINTR) continue;
    if (received != size) return std::nullopt;
    return packet;
  }
}

bool send_packet(int fd, std::string_view packet) {
  ssize_t sent = -1;
  do {
    sent = ::send(fd, packet.data(), packet.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(packet.size());
}

// The engine of the current run, if one is running.
class Session {
 public:
  Json obey(const Json& message) {
    const std::string command = message.value("command", "");
    if (command == "configure") {
      ServerConfig config = server_config_from_json(message.at("server"));
      config.first_tokens = message.value("first_tokens", FirstTokens{});
      return configure(std::move(config));
    }
    if (command == "finish") return finish();
    throw UsageError(fmt::format("unknown command \"{}\"; known: configure, finish", command));
  }

 private:
  Json configure(ServerConfig config) {
    engine_.reset();
    auto engine = make_engine(std::move(config));
    Json endpoints = Json::array();
    for (const Endpoint& endpoint : engine->start()) {
      endpoints.push_back({{"address", endpoint.address}, {"port", endpoint.port}});
    }
    engine_ = std::move(engine);
    cpu_at_start_ns_ = process_cpu_ns();
    return {{"endpoints", std::move(endpoints)}, {"certificate", engine_->certificate()}};
  }

  Json finish() {
    if (!engine_) throw UsageError("finish: no engine is running; configure one first");
    // Read before the engine is torn down, which is no part of the run.
    const std::int64_t cpu_ns = process_cpu_ns() - cpu_at_start_ns_;
    ServerCounters counters = engine_->stop();
    engine_.reset();
    counters.cpu_ns = cpu_ns;
    return {{"counters", counters}};
  }

  std::unique_ptr<Engine> engine_;
  std::int64_t cpu_at_start_ns_ = 0;
};

}  // namespace

int serve_controller(int control_fd) {
  set_up_server_process();
  // Control-C reaches the whole process group, but the counters are still wanted: the controller
  // decides when this process ends, by closing its side.
  std::signal(SIGINT, SIG_IGN);
  Session session;
  while (const auto packet = receive_packet(control_fd)) {
    Json answer;
    try {
      answer = session.obey(Json::parse(*packet));
    } catch (const std::exception& error) {
      answer = {{"error", error.what()}};
    }
    const std::string text = answer.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!send_packet(control_fd, text)) return 1;
  }
  return 0;
}

}  // namespace fanout
