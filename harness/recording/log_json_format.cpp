#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "harness/recording/log_format.h"

namespace fanout {
namespace {

using AnyJson = nlohmann::json;

// A value of a line: in which key it stands, and what it means.
struct Key {
  std::string key;  // "response.status": within an object
  LogField field = LogField::ignored;
};

// The value as text: what note_field() reads. Nothing for what is neither text nor number.
std::optional<std::string> text_of(const AnyJson& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

const AnyJson* value_at(const AnyJson& object, std::string_view key) {
  const auto found = object.find(key);
  if (found != object.end()) return &*found;
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto inner = object.find(key.substr(0, dot));
  if (inner == object.end() || !inner->is_object()) return nullptr;
  return value_at(*inner, key.substr(dot + 1));
}

// Of a time, by the end of its key or by what was said; text with a unit goes by that.
LogField unit_of(std::string_view key, LogField otherwise) {
  for (const auto& [end, field] :
       {std::pair{"_ns", LogField::took_ns}, std::pair{"_us", LogField::took_us},
        std::pair{"_ms", LogField::took_ms}, std::pair{"_s", LogField::took_s},
        std::pair{"_sec", LogField::took_s}, std::pair{"_seconds", LogField::took_s}}) {
    if (key.ends_with(end)) return field;
  }
  return otherwise;
}

// The keys that logs have most often; of those of one meaning, the first that is there counts.
const std::vector<std::vector<Key>>& usual_keys() {
  static const std::vector<std::vector<Key>> table{
      {{"upstream_response_time", LogField::upstream_s}},
      {{"request_time", LogField::took_s},
       {"duration_ns", LogField::took_ns},
       {"duration_us", LogField::took_us},
       {"duration_ms", LogField::took_ms},
       {"duration_s", LogField::took_s},
       {"latency_ms", LogField::took_ms},
       {"elapsed_ms", LogField::took_ms},
       {"response_time_ms", LogField::took_ms}},
      {{"status", LogField::status}, {"status_code", LogField::status}},
      {{"body_bytes_sent", LogField::bytes},
       {"bytes_sent", LogField::bytes},
       {"bytes", LogField::bytes},
       {"size", LogField::bytes}},
      {{"request_method", LogField::method},
       {"method", LogField::method},
       {"request", LogField::request}},
      {{"time_iso8601", LogField::at_iso},
       {"time_local", LogField::at_common},
       {"msec", LogField::at_unix},
       {"timestamp", LogField::at_iso},
       {"ts", LogField::at_unix},
       {"time", LogField::at_iso}}};
  return table;
}

// "time=took:us": what a value means, in which key it stands, and its unit.
Key key_of(const std::string& field) {
  const std::size_t equals = field.find('=');
  const std::string meaning = field.substr(0, equals);
  std::string key = equals == std::string::npos ? "" : field.substr(equals + 1);
  const auto fail = [&](const std::string& expected) {
    throw UsageError(fmt::format("--field: expected {}, found \"{}\"", expected, field));
  };
  if (key.empty()) fail("a meaning and a key, such as time=duration_ms");
  if (meaning == "status") return {key, LogField::status};
  if (meaning == "bytes") return {key, LogField::bytes};
  if (meaning == "method") return {key, LogField::request};
  if (meaning == "at") return {key, LogField::at_unix};
  if (meaning != "time") fail("time, status, bytes, method or at before the =");
  const std::size_t colon = key.rfind(':');
  if (colon == std::string::npos) return {key, unit_of(key, LogField::took_text)};
  const LogField kind = unit_of("_" + key.substr(colon + 1), LogField::ignored);
  if (kind == LogField::ignored) fail("ns, us, ms or s as the unit behind the colon");
  key.resize(colon);
  return {key, kind};
}

// A value whose form is not certain by its key: a time with a unit, a moment of any kind.
bool note_value(LogField field, const AnyJson& value, LogLine& line) {
  const auto text = text_of(value);
  if (!text) return field == LogField::upstream_s;  // null: it was not reached
  if (meaning_of(field) == LogMeaning::at) {
    return note_field(LogField::at_unix, *text, line) ||
           note_field(LogField::at_iso, *text, line) ||
           note_field(LogField::at_common, *text, line);
  }
  const bool spelt = value.is_string() && !text->empty() && std::isalpha(text->back()) != 0;
  const bool time = meaning_of(field) == LogMeaning::took;
  return note_field(time && spelt ? LogField::took_text : field, *text, line);
}

class JsonFormat : public LogFormat {
 public:
  explicit JsonFormat(std::vector<Key> named) : LogFormat("json"), named_(std::move(named)) {}

  [[nodiscard]] std::string why_not(std::string_view text) const override {
    const AnyJson json = AnyJson::parse(text, nullptr, false);
    if (!json.is_object()) return "it is no JSON object";
    if (json.contains("log")) return "it looks like a HAR file, which --har reads";
    for (const Key& key : named_) {
      const AnyJson* value = value_at(json, key.key);
      LogLine line;
      if (value == nullptr) return fmt::format("it has no key \"{}\"", key.key);
      if (!note_value(key.field, *value, line)) {
        return fmt::format("\"{}\" cannot be read: {}", key.key,
                           meaning_of(key.field) == LogMeaning::took
                               ? "say its unit, as in --field time=KEY:ms"
                               : "it has another meaning");
      }
    }
    return "it has no status; --field status=KEY says where it is";
  }

  [[nodiscard]] std::optional<LogLine> read(std::string_view text) const override {
    const AnyJson json = AnyJson::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    LogLine line;
    for (const Key& key : named_) {
      const AnyJson* value = value_at(json, key.key);
      if (value == nullptr || !note_value(key.field, *value, line)) return std::nullopt;
    }
    for (const auto& group : usual_keys()) note_usual(json, group, line);
    if (line.status == 0) return std::nullopt;
    return line;
  }

 private:
  // Notes the first of the group that is there. What the user named is not looked for again, and a
  // value that is not written as its key lets expect is something else.
  void note_usual(const AnyJson& json, const std::vector<Key>& group, LogLine& line) const {
    const LogMeaning meaning = meaning_of(group.front().field);
    const bool is_named = std::ranges::any_of(named_, [&](const Key& one) {
      const LogMeaning named = meaning_of(one.field);
      return named == meaning || (named == LogMeaning::took && meaning == LogMeaning::upstream);
    });
    if (is_named) return;
    for (const Key& key : group) {
      const AnyJson* value = value_at(json, key.key);
      if (value != nullptr && note_value(key.field, *value, line)) return;
    }
  }

  std::vector<Key> named_;
};

}  // namespace

std::unique_ptr<LogFormat> json_format(const std::vector<std::string>& fields) {
  std::vector<Key> named;
  for (const std::string& field : fields) named.push_back(key_of(field));
  return std::make_unique<JsonFormat>(std::move(named));
}

}  // namespace fanout
