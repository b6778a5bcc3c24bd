#include "local_server/limit_json.h"

#include "local_server/fault_json.h"

namespace fanout {
namespace {

using json_read::check_object;
using json_read::duration;
using json_read::fail;
using json_read::Json;
using json_read::nanoseconds_text;
using json_read::required;
using json_read::whole_number;

constexpr double kLeastRate = 0.01;
constexpr double kMostRate = 1e7;
constexpr std::uint64_t kMostAtOnce = 1'000'000;

// Reads the figures that are there; the others stay as they are.
void read_figures(const std::string& path, const Json& json, LimitFigures& figures) {
  for (const auto& [key, value] : json.items()) {
    const std::string at = path + "." + key;
    if (key == "rate") {
      const bool fits = value.is_number() && value.get<double>() >= kLeastRate &&
                        value.get<double>() <= kMostRate;
      if (!fits) {
        fail(at, value, fmt::format("requests per second from {} to {}", kLeastRate, kMostRate));
      }
      figures.rate = value.get<double>();
    }
    if (key == "burst") {
      figures.burst = static_cast<unsigned>(whole_number(at, value, 1, kMostAtOnce));
    }
    if (key == "concurrency") {
      figures.concurrency = static_cast<unsigned>(whole_number(at, value, 1, kMostAtOnce));
    }
  }
}

// What is given as null, as documents have it, is not given.
Json without_nulls(Json json) {
  if (!json.is_object()) return json;
  for (auto item = json.begin(); item != json.end();) {
    item = item->is_null() ? json.erase(item) : std::next(item);
  }
  return json;
}

void read_change(const std::string& path, const Json& given, ServerLimit& limit) {
  check_object(path, given, {"after", "rate", "burst", "concurrency"});
  const Json json = without_nulls(given);
  limit.change_after =
      duration(path + ".after", required(path, json, "after", "a change needs its time"));
  if (limit.change_after.count() <= 0) fail(path + ".after", json["after"], "more than 0");
  limit.changed = limit.figures;
  read_figures(path, json, limit.changed);
}

void check_limit(const std::string& path, const Json& json, const ServerLimit& limit) {
  if (!limit.figures.rate && !limit.figures.concurrency) {
    fail(path, json, "a rate, a concurrency or both");
  }
  if (!limit.figures.rate && json.contains("burst")) {
    fail(path + ".burst", json["burst"], "a rate beside it, whose burst it is");
  }
  if (!limit.figures.concurrency && limit.queue > 0) {
    fail(path + ".queue", json["queue"], "a concurrency beside it, whose queue it is");
  }
  if (!limit.figures.concurrency && limit.share < 1) {
    fail(path + ".share", json["share"], "a concurrency beside it, beyond which it is rejected");
  }
  if (limit.change_after.count() == 0) return;
  const bool same_kinds =
      limit.figures.rate.has_value() == limit.changed.rate.has_value() &&
      limit.figures.concurrency.has_value() == limit.changed.concurrency.has_value();
  if (!same_kinds) fail(path + ".then", json["then"], "a change of what the limit has before");
}

Json figures_to_json(const LimitFigures& figures) {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  return {{"rate", or_null(figures.rate)},
          {"burst", figures.rate ? Json(figures.burst) : Json(nullptr)},
          {"concurrency", or_null(figures.concurrency)}};
}

}  // namespace

std::optional<ServerLimit> limit_from_json(const std::string& path, const Json& given) {
  if (given.is_null()) return std::nullopt;
  check_object(path, given,
               {"rate", "burst", "concurrency", "queue", "share", "status", "retry_after", "then"});
  const Json json = without_nulls(given);
  ServerLimit limit;
  read_figures(path, json, limit.figures);
  if (json.contains("queue")) {
    limit.queue =
        static_cast<unsigned>(whole_number(path + ".queue", json["queue"], 0, kMostAtOnce));
  }
  if (json.contains("share")) limit.share = share_from_json(path + ".share", json["share"]);
  if (json.contains("status")) {
    const std::uint64_t status = whole_number(path + ".status", json["status"], 0, 999);
    if (status != 429 && status != 503) fail(path + ".status", json["status"], "429 or 503");
    limit.status = static_cast<unsigned>(status);
  }
  if (json.contains("retry_after")) {
    limit.retry_after_s = retry_after_from_json(path + ".retry_after", json["retry_after"]);
  }
  if (json.contains("then")) read_change(path + ".then", json["then"], limit);
  check_limit(path, json, limit);
  return limit;
}

Json limit_to_json(const std::optional<ServerLimit>& limit) {
  if (!limit) return nullptr;
  Json json = figures_to_json(limit->figures);
  json["queue"] = limit->queue;
  json["share"] = limit->share;
  json["status"] = limit->status;
  json["retry_after"] = nullptr;
  if (limit->retry_after_s) {
    json["retry_after"] = nanoseconds_text(std::chrono::seconds(*limit->retry_after_s));
  }
  json["then"] = nullptr;
  if (limit->change_after.count() > 0) {
    json["then"] = figures_to_json(limit->changed);
    json["then"]["after"] = nanoseconds_text(limit->change_after);
  }
  return json;
}

}  // namespace fanout
