#include "harness/cell/cell_task.h"

#include <nlohmann/json.hpp>

namespace fanout {
namespace {

using Json = nlohmann::json;

Json target_to_json(const Target& target) {
  return {{"address", target.address},
          {"port", target.port},
          {"tls", target.tls},
          {"name", target.name},
          {"expected_status", target.expected_status},
          {"expected_body_bytes", target.expected_body_bytes}};
}

Target target_from_json(const Json& json) {
  return {.address = json.at("address"),
          .port = json.at("port"),
          .expected_status = json.at("expected_status"),
          .expected_body_bytes = json.at("expected_body_bytes"),
          .tls = json.at("tls"),
          .name = json.at("name")};
}

}  // namespace

std::string to_text(const CellTask& task) {
  const ClientConfig& client = task.client;
  Json targets = Json::array();
  for (const Target& target : client.targets) targets.push_back(target_to_json(target));
  return Json{{"strategy", task.strategy},
              {"transport", task.transport},
              {"workers", task.workers},
              {"requests", task.requests},
              {"queue_capacity", task.queue_capacity},
              {"deadline_ns", task.deadline.count()},
              {"token_seed", task.token_seed},
              {"stoppable", task.stoppable},
              {"rate", task.schedule.rate},
              {"arrivals", static_cast<int>(task.schedule.arrivals)},
              {"arrivals_seed", task.schedule.seed},
              {"urls_fd", task.urls_fd},
              {"command", task.command},
              {"ready_limit_ns", task.ready_limit.count()},
              {"run_limit_ns", task.run_limit.count()},
              {"count_syscalls", task.count_syscalls},
              {"targets", targets},
              {"method", static_cast<int>(client.method)},
              {"request_body_bytes", client.request_body_bytes},
              {"reuse", client.reuse},
              {"headers", client.headers},
              {"connect_timeout_ns", client.connect_timeout.count()},
              {"timeout_ns", client.timeout.count()},
              {"retries", client.retry.retries},
              {"backoff_base_ns", client.retry.base.count()},
              {"backoff_factor", client.retry.factor},
              {"backoff_cap_ns", client.retry.cap.count()},
              {"retry_post", client.retry.post},
              {"certificates", client.certificates}}
      .dump();
}

CellTask cell_task_from_text(const std::string& text) {
  const Json json = Json::parse(text);
  CellTask task{.strategy = json.at("strategy"),
                .transport = json.at("transport"),
                .workers = json.at("workers"),
                .requests = json.at("requests"),
                .queue_capacity = json.at("queue_capacity"),
                .deadline = std::chrono::nanoseconds(json.at("deadline_ns")),
                .token_seed = json.at("token_seed"),
                .stoppable = json.at("stoppable"),
                .schedule = {.rate = json.at("rate"),
                             .arrivals = static_cast<Arrivals>(json.at("arrivals").get<int>()),
                             .seed = json.at("arrivals_seed")},
                .urls_fd = json.at("urls_fd"),
                .command = json.at("command"),
                .ready_limit = std::chrono::nanoseconds(json.at("ready_limit_ns")),
                .run_limit = std::chrono::nanoseconds(json.at("run_limit_ns")),
                .count_syscalls = json.at("count_syscalls"),
                .client = {}};
  for (const Json& target : json.at("targets")) {
    task.client.targets.push_back(target_from_json(target));
  }
  task.client.method = static_cast<Method>(json.at("method").get<int>());
  task.client.request_body_bytes = json.at("request_body_bytes");
  task.client.reuse = json.at("reuse");
  task.client.headers = json.at("headers");
  task.client.connect_timeout = std::chrono::nanoseconds(json.at("connect_timeout_ns"));
  task.client.timeout = std::chrono::nanoseconds(json.at("timeout_ns"));
  task.client.retry = {.retries = json.at("retries"),
                       .base = std::chrono::nanoseconds(json.at("backoff_base_ns")),
                       .factor = json.at("backoff_factor"),
                       .cap = std::chrono::nanoseconds(json.at("backoff_cap_ns")),
                       .post = json.at("retry_post")};
  task.client.certificates = json.at("certificates");
  task.client.max_in_flight = task.workers;
  return task;
}

}  // namespace fanout
