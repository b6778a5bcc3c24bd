#include "harness/recording/har_entry.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "harness/recording/log_line.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

// A number that is there: -1 says that it is not.
std::optional<double> number_at(const nlohmann::json& object, const char* key) {
  constexpr double kMost = 1e12;
  const nlohmann::json& found = part(object, key);
  if (!found.is_number()) return std::nullopt;
  const double value = found.get<double>();
  if (!std::isfinite(value) || value < 0 || value > kMost) return std::nullopt;
  return value;
}

std::optional<nanoseconds> time_at(const nlohmann::json& timings, const char* key) {
  constexpr double kNanosecondsPerMs = 1e6;
  const auto value = number_at(timings, key);
  if (!value || *value > 1e9) return std::nullopt;
  return nanoseconds(std::llround(*value * kNanosecondsPerMs));
}

// All parts, TLS as a part of connecting.
nanoseconds sum_of(const nlohmann::json& timings) {
  nanoseconds sum{};
  for (const char* key : {"blocked", "dns", "connect", "send", "wait", "receive"}) {
    sum += time_at(timings, key).value_or(nanoseconds{});
  }
  return sum;
}

unsigned version_of(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "http/1.1") return 11;
  if (text == "http/1.0") return 10;
  if (text == "h2" || text.starts_with("http/2")) return 20;
  if (text.starts_with("h3") || text.starts_with("http/3")) return 30;
  return 0;
}

// The bytes of a body as it came over the wire; where nobody has noted them, unpacked.
std::uint64_t body_bytes_of(const nlohmann::json& response) {
  if (const auto body = number_at(response, "bodySize")) return static_cast<std::uint64_t>(*body);
  const double header = number_at(response, "headersSize").value_or(0);
  const auto all = number_at(response, "_transferSize");
  if (all && *all > header) return static_cast<std::uint64_t>(*all - header);
  return static_cast<std::uint64_t>(number_at(part(response, "content"), "size").value_or(0));
}

}  // namespace

const nlohmann::json& part(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

std::string text_at(const nlohmann::json& object, const char* key) {
  const nlohmann::json& found = part(object, key);
  return found.is_string() ? found.get<std::string>() : std::string();
}

bool tls_is_apart(const nlohmann::json& entries) {
  int apart = 0;
  for (const nlohmann::json& entry : entries) {
    const nlohmann::json& timings = part(entry, "timings");
    const auto connect = time_at(timings, "connect");
    const auto handshake = time_at(timings, "ssl");
    if (!connect || !handshake || connect->count() == 0 || handshake->count() == 0) continue;
    if (*handshake > *connect) return true;
    const nanoseconds sum = sum_of(timings);
    const nanoseconds all = time_at(entry, "time").value_or(sum);
    apart += std::chrono::abs(all - sum - *handshake) < std::chrono::abs(all - sum) ? 1 : -1;
  }
  return apart > 0;
}

bool from_cache(const nlohmann::json& entry) {
  if (!text_at(entry, "_fromCache").empty()) return true;
  if (text_at(entry, "_fetchType").find("Cache") != std::string::npos) return true;
  const bool cached = part(part(entry, "cache"), "afterRequest").is_object();
  return cached && number_at(part(entry, "timings"), "wait").value_or(0) == 0;
}

Observation observation_of_entry(const nlohmann::json& entry, bool tls_is_apart) {
  const nlohmann::json& response = part(entry, "response");
  const nlohmann::json& timings = part(entry, "timings");
  Observation one;
  const nanoseconds connect = time_at(timings, "connect").value_or(nanoseconds{});
  const nanoseconds handshake = time_at(timings, "ssl").value_or(nanoseconds{});
  one.connected = connect.count() > 0;
  one.on_kept_connection = !one.connected;
  const nanoseconds tcp = tls_is_apart ? connect : connect - handshake;
  if (one.connected && tcp.count() > 0) one.connect = tcp;
  if (one.connected && handshake.count() > 0) one.handshake = handshake;
  one.first_byte = time_at(timings, "wait");
  one.receiving = time_at(timings, "receive").value_or(nanoseconds{});
  one.status = static_cast<unsigned>(std::min(number_at(response, "status").value_or(0), 999.0));
  if (one.status == 0) one.failure = "no answer";
  one.body_bytes = body_bytes_of(response);
  if (const auto size = number_at(response, "headersSize"); size && *size > 0) {
    one.header_bytes = static_cast<std::uint64_t>(*size);
  }
  one.http_version = version_of(text_at(response, "httpVersion"));
  return one;
}

std::optional<Flight> flight_of(const nlohmann::json& entry, bool tls_is_apart) {
  const nlohmann::json& timings = part(entry, "timings");
  const auto begin = parse_iso_time(text_at(entry, "startedDateTime"));
  if (!begin) return std::nullopt;
  const nanoseconds blocked = time_at(timings, "blocked").value_or(nanoseconds{});
  nanoseconds all = sum_of(timings);
  if (tls_is_apart) all += time_at(timings, "ssl").value_or(nanoseconds{});
  if (all <= blocked) return std::nullopt;
  return Flight{*begin + blocked, *begin + all};
}

}  // namespace fanout
