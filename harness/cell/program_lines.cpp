#include "harness/cell/program_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/scenario.h"
#include "transports/http_text.h"
#include "transports/path.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

[[noreturn]] void fail(std::string_view line, std::string_view what) {
  throw RunError(
      fmt::format("it wrote {} to standard output, which is no record: {}", shown(line), what));
}

// To each host, which its requests are to share; null: HTTP/1.1.
Json connections_of(const ClientConfig& client) {
  if (client.http == HttpVersion::http1) return nullptr;
  return client.connections == 0 ? client.workers : client.connections;
}

// The words between single blanks; false if there are not exactly so many.
template <std::size_t N>
bool split(std::string_view line, std::array<std::string_view, N>& words) {
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t end = i + 1 < N ? line.find(' ') : line.size();
    if (end == std::string_view::npos) return false;
    words[i] = line.substr(0, end);
    line.remove_prefix(std::min(line.size(), end + 1));
  }
  return words[N - 1].find(' ') == std::string_view::npos;
}

template <class Number>
Number number(std::string_view line, std::string_view name, std::string_view word,
              Number most = std::numeric_limits<Number>::max()) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < 0 || value > most) {
    fail(line, fmt::format("{} is to be a whole number from 0 to {}", name, most));
  }
  return value;
}

// The outcome of this name, if a program can know it: whether a whole response is right is judged
// by fanout.
Outcome outcome_named(std::string_view line, std::string_view name) {
  for (int i = 1; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    const bool judgement = outcome == Outcome::bad_status || outcome == Outcome::bad_length ||
                           outcome == Outcome::bad_token;
    if (!judgement && outcome_name(outcome) == name) return outcome;
  }
  fail(line, fmt::format("{} is no outcome", shown(name)));
}

}  // namespace

std::string shown(std::string_view line) {
  constexpr std::size_t kShown = 60;
  std::string text = "\"";
  for (const char c : line.substr(0, kShown)) text += c >= ' ' && c <= '~' ? c : '?';
  return text + (line.size() > kShown ? "...\"" : "\"");
}

std::string plan_line(const CellTask& task, std::span<const Request> requests,
                      const std::string& certificates) {
  const ClientConfig& client = task.client;
  Json targets = Json::array();
  for (const Request& request : requests) {
    const Target& target = client.targets[request.target];
    std::string url = fmt::format("{}://{}:{}", target.tls ? "https" : "http",
                                  url_host(target.host()), target.port);
    append_path(client, request.token, url);
    targets.push_back(std::move(url));
  }
  const RequestForm form = make_form(client.method, client.headers, {});
  Json headers = Json::array();
  for_each_field(form.fields, [&](std::string_view name, std::string_view value) {
    headers.push_back(fmt::format("{}: {}", name, value));
  });
  const bool bounded = task.queue_capacity != kUnboundedQueue;
  return Json{{"protocol", 1},
              {"count", requests.size()},
              {"targets", std::move(targets)},
              {"workers", task.workers},
              {"method", client.method.name()},
              {"body_bytes", client.request_body_bytes},
              {"work_ns", task.work.cpu.count()},
              {"headers", std::move(headers)},
              {"reuse", client.reuse},
              {"http", enum_name(client.http, kHttpVersionNames)},
              {"connections", connections_of(client)},
              {"connect_timeout_s", seconds(client.connect_timeout)},
              {"timeout_s", seconds(client.timeout)},
              {"deadline_s", task.deadline.count() > 0 ? seconds(task.deadline) : Json(nullptr)},
              {"queue_capacity", bounded ? Json(task.queue_capacity) : Json(nullptr)},
              {"certificates", certificates.empty() ? Json(nullptr) : Json(certificates)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

ProgramRecord parse_record(std::string_view line, std::uint64_t requests) {
  std::array<std::string_view, 7> words;
  if (!split(line, words)) fail(line, "it is to have seven words with single blanks between them");
  const auto index = number<std::uint64_t>(line, "INDEX", words[0]);
  if (index >= requests) fail(line, fmt::format("INDEX is to be less than {}", requests));
  const auto start_ns = number<std::int64_t>(line, "START", words[1]);
  const auto end_ns = number<std::int64_t>(line, "END", words[2]);
  if (start_ns > end_ns) fail(line, "START is to be no later than END");
  return {.index = static_cast<std::uint32_t>(index),
          .start_ns = start_ns,
          .end_ns = end_ns,
          .outcome = outcome_named(line, words[3]),
          .status = number<std::uint16_t>(line, "STATUS", words[4]),
          .body_bytes = number<std::uint64_t>(line, "BYTES", words[5]),
          .token = words[6] == "-" ? std::string_view() : words[6]};
}

}  // namespace fanout
