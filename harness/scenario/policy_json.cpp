#include "harness/scenario/policy_json.h"

#include <fmt/format.h>

#include "base/units.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/hedge_text.h"
#include "harness/scenario/mode.h"

namespace fanout {

using namespace json_read;

namespace {

double number_within(const std::string& path, const Json& json, double low, double high,
                     const std::string& expected) {
  const bool fits = json.is_number() && json.get<double>() >= low && json.get<double>() <= high;
  if (!fits) fail(path, json, expected);
  return json.get<double>();
}

double read_share(const std::string& path, const Json& json) {
  return number_within(path, json, kLeastShare, 1, kShareExpected);
}

}  // namespace

RetryPolicy read_retry(const std::string& path, const Json& json) {
  constexpr double kMaxFactor = 100;
  check_object(path, json, {"retries", "base", "factor", "cap", "post", "budget", "pause_host"});
  RetryPolicy retry;
  for (const auto& [key, value] : json.items()) {
    const std::string at = path + "." + key;
    if (key == "retries") {
      retry.retries = static_cast<unsigned>(whole_number(at, value, 0, kMaxRetries));
    }
    if (key == "base") retry.base = duration(at, value);
    if (key == "cap") retry.cap = duration(at, value);
    if (key == "post") retry.post = boolean(at, value);
    if (key == "factor") {
      retry.factor =
          number_within(at, value, 1, kMaxFactor, fmt::format("a number from 1 to {}", kMaxFactor));
    }
    if (key == "budget" && !value.is_null()) retry.budget = read_share(at, value);
    if (key == "pause_host") retry.pause_host = boolean(at, value);
  }
  return retry;
}

Json retry_to_json(const RetryPolicy& retry) {
  return {{"retries", retry.retries},
          {"base", nanoseconds_text(retry.base)},
          {"factor", retry.factor},
          {"cap", nanoseconds_text(retry.cap)},
          {"post", retry.post},
          {"budget", retry.budget ? Json(*retry.budget) : Json(nullptr)},
          {"pause_host", retry.pause_host}};
}

HedgePolicy read_hedge(const std::string& path, const Json& json) {
  if (json.is_null()) return {};
  check_object(path, json, {"after", "budget", "post"});
  const Json& after =
      required(path, json, "after", "a hedge needs the time after which it is made");
  const auto parsed =
      after.is_string() ? parse_hedge_after(after.get_ref<const std::string&>()) : std::nullopt;
  if (!parsed) fail(path + ".after", after, kHedgeAfterExpected);
  HedgePolicy hedge = *parsed;
  hedge.budget =
      json.contains("budget") ? read_share(path + ".budget", json["budget"]) : kDefaultHedgeBudget;
  if (json.contains("post")) hedge.post = boolean(path + ".post", json["post"]);
  return hedge;
}

Json hedge_to_json(const HedgePolicy& hedge) {
  if (hedge.budget == 0) return nullptr;
  const std::string after =
      hedge.percentile > 0 ? fmt::format("p{}", hedge.percentile) : nanoseconds_text(hedge.after);
  return {{"after", after}, {"budget", hedge.budget}, {"post", hedge.post}};
}

std::optional<std::uint64_t> read_max_idle(const std::string& path, const Json& json) {
  if (json.is_null()) return std::nullopt;
  return whole_number(path, json, 1, kMaxIdle);
}

Work read_work(const std::string& path, const Json& json) {
  Work work;
  const auto named = json.is_string()
                         ? enum_value(json.get_ref<const std::string&>(), kBodyWorkNames)
                         : std::nullopt;
  if (named && *named != BodyWork::none) return {.body = *named};
  if (json.is_object()) {
    for (const auto& [name, body] : kBodyWorkNames) {
      const bool meant = body != BodyWork::none && json.size() == 1 && json.contains(name);
      if (meant && boolean(fmt::format("{}.{}", path, name), json.front())) work.body = body;
    }
    if (!work.any()) fail(path, json, R"({"sha256": true}, {"json": true} or a duration)");
    return work;
  }
  work.cpu = duration(path, json);
  if (work.cpu > kMostWork) fail(path, json, kWorkExpected);
  return work;
}

Json work_to_json(const Work& work) {
  if (work.body == BodyWork::none) return nanoseconds_text(work.cpu);
  return {{std::string(enum_name(work.body, kBodyWorkNames)), true}};
}

double read_max_rate(const std::string& path, const Json& json) {
  return rate_from_json(path, json).value_or(0);
}

unsigned read_per_host(const std::string& path, const Json& json) {
  return json.is_null() ? 0 : static_cast<unsigned>(whole_number(path, json, 1, kMaxWorkers));
}

std::map<std::string, double> read_strategy_options(const std::string& path, const Json& json) {
  if (!json.is_object()) fail(path, json, "an object, such as {\"aimd.decrease\": 0.8}");
  std::map<std::string, double> options;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_number()) fail(path + "." + key, value, "a number");
    options[key] = value.get<double>();
  }
  return options;
}

}  // namespace fanout
