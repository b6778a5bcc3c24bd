#include "harness/control/server_control.h"

#include <nlohmann/json.hpp>

#include "local_server/ledger_json.h"

namespace fanout {
namespace {

nlohmann::json answer_in(const std::string& packet) {
  nlohmann::json json = nlohmann::json::parse(packet, nullptr, false);
  if (!json.is_object()) throw ServerDied("the embedded server answers what is no JSON");
  if (json.contains("error")) {
    throw RunError("embedded server: " + json.at("error").get<std::string>());
  }
  return json;
}

}  // namespace

std::vector<Endpoint> ServerControl::configure(const ServerConfig& config) {
  const nlohmann::json command{
      {"command", "configure"}, {"server", to_json(config)}, {"first_tokens", config.first_tokens}};
  const nlohmann::json answer = answer_in(exchange(command.dump()));
  certificate_ = answer.at("certificate");
  std::vector<Endpoint> endpoints;
  for (const nlohmann::json& endpoint : answer.at("endpoints")) {
    endpoints.push_back({endpoint.at("address"), endpoint.at("port")});
  }
  return endpoints;
}

ServerCounters ServerControl::finish() {
  const nlohmann::json command{{"command", "finish"}};
  return answer_in(exchange(command.dump())).at("counters").get<ServerCounters>();
}

}  // namespace fanout
