#include "local_server/fault_json.h"

namespace fanout {
namespace {

using json_read::check_object;
using json_read::duration;
using json_read::fail;
using json_read::Json;
using json_read::nanoseconds_text;
using json_read::one_of;
using json_read::required;
using json_read::whole_number;

constexpr std::uint64_t kLongestRetryAfter = 3600;

FaultKind kind_from_json(const std::string& path, const Json& json) {
  std::vector<std::string_view> known;
  for (int i = 1; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (json.is_string() && json.get_ref<const std::string&>() == fault_name(kind)) return kind;
    known.push_back(fault_name(kind));
  }
  fail(path, json, fmt::format("one of {}", fmt::join(known, ", ")));
}

// The keys a kind of fault knows besides "kind" and "share".
void check_keys(const std::string& path, const Json& json, FaultKind kind) {
  switch (kind) {
    case FaultKind::refuse:
      return check_object(path, json, {"kind"});
    case FaultKind::status:
      return check_object(path, json, {"kind", "share", "status", "retry_after"});
    case FaultKind::drip:
      return check_object(path, json, {"kind", "share", "over"});
    default:
      return check_object(path, json, {"kind", "share"});
  }
}

FaultShare fault_from_json(const std::string& path, const Json& json) {
  FaultShare fault;
  fault.kind = kind_from_json(path + ".kind", required(path, json, "kind", "every fault has one"));
  check_keys(path, json, fault.kind);
  if (json.contains("share")) fault.share = share_from_json(path + ".share", json["share"]);
  if (fault.kind == FaultKind::status) {
    fault.status =
        status_from_json(path + ".status", required(path, json, "status", "status needs a status"));
  }
  if (fault.kind == FaultKind::drip) {
    fault.over = duration(path + ".over", required(path, json, "over", "drip needs over"));
  }
  if (json.contains("retry_after") && !json["retry_after"].is_null()) {
    fault.retry_after_s = retry_after_from_json(path + ".retry_after", json["retry_after"]);
  }
  return fault;
}

}  // namespace

double share_from_json(const std::string& path, const Json& json) {
  const bool fits = json.is_number() && json.get<double>() > 0 && json.get<double>() <= 1;
  if (!fits) fail(path, json, "a share: more than 0, at most 1");
  return json.get<double>();
}

std::uint32_t retry_after_from_json(const std::string& path, const Json& json) {
  const auto wait = duration(path, json);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
  if (seconds != wait || static_cast<std::uint64_t>(seconds.count()) > kLongestRetryAfter) {
    fail(path, json, "whole seconds, at most an hour");
  }
  return static_cast<std::uint32_t>(seconds.count());
}

unsigned status_from_json(const std::string& path, const Json& json) {
  const auto status = static_cast<unsigned>(whole_number(path, json, 200, 599));
  // It answers a conditional request, which no client here makes.
  if (status == 304) fail(path, json, "a status other than 304");
  return status;
}

std::vector<FaultShare> faults_from_json(const std::string& path, const Json& json) {
  if (!json.is_array()) fail(path, json, "an array of faults");
  std::vector<FaultShare> faults;
  double sum = 0;
  for (const Json& fault : json) {
    faults.push_back(fault_from_json(fmt::format("{}[{}]", path, faults.size()), fault));
    sum += faults.back().share;
    if (faults.back().kind == FaultKind::refuse && json.size() > 1) {
      fail(path, json, "refuse alone: it concerns the whole host");
    }
  }
  if (sum > 1 + 1e-9) fail(path, json, "shares that add up to 1 at most");
  return faults;
}

json_read::Json to_json(const std::vector<FaultShare>& faults) {
  Json list = Json::array();
  for (const FaultShare& fault : faults) {
    Json& json = list.emplace_back(Json{{"kind", fault_name(fault.kind)}});
    if (fault.kind != FaultKind::refuse) json["share"] = fault.share;
    if (fault.kind == FaultKind::status) {
      json["status"] = fault.status;
      json["retry_after"] = nullptr;
    }
    if (fault.retry_after_s)
      json["retry_after"] = nanoseconds_text(std::chrono::seconds(*fault.retry_after_s));
    if (fault.kind == FaultKind::drip) json["over"] = nanoseconds_text(fault.over);
  }
  return list;
}

}  // namespace fanout
