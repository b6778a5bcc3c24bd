#include "harness/scenario/request_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/base64.h"
#include "base/error.h"
#include "base/json_read.h"
#include "harness/scenario/request_headers.h"

namespace fanout {
namespace {

using json_read::Json;

// What the line says beyond its URL.
struct Own {
  std::optional<Method> method;
  std::vector<std::string> headers;
  std::optional<std::string> body;
  [[nodiscard]] bool empty() const { return !method && headers.empty() && !body; }
};

void add_headers(const std::string& key, const Json& json, std::vector<std::string>& headers) {
  if (!json.is_object()) json_read::fail(key, json, "an object of names and values");
  for (const auto& [name, values] : json.items()) {
    const std::string path = fmt::format("{}.{}", key, name);
    const bool several = values.is_array();
    for (const std::string& value :
         several ? json_read::texts(path, values) : std::vector{json_read::text(path, values)}) {
      if (name.find_first_of(":;") != std::string::npos) {
        throw UsageError(fmt::format("{}: a name of a header has no ':' or ';'", path));
      }
      headers.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    }
  }
  check_headers(headers);
}

void set_body(std::optional<std::string>& body, std::optional<std::string> found) {
  if (body) throw UsageError("body and body_text exclude each other; use one of them");
  if (!found) {
    throw UsageError(
        "body: expected base64, as vegeta's targets have it; write plain text as body_text");
  }
  body = std::move(found);
}

void read_key(const std::string& key, const Json& value, std::string& url, Own& own) {
  if (key == "url") {
    url = json_read::text(key, value);
  } else if (key == "method") {
    own.method = parse_method(json_read::text(key, value));
    if (!own.method) json_read::fail(key, value, kMethodExpected);
  } else if (key == "header" || key == "headers") {
    if (!value.is_null()) add_headers(key, value, own.headers);
  } else if (key == "body") {
    if (!value.is_null()) set_body(own.body, from_base64(json_read::text(key, value)));
  } else if (key == "body_text") {
    set_body(own.body, json_read::text(key, value));
  } else {
    throw UsageError(fmt::format(
        "unknown key {}; known: url, method, header, headers, body, body_text", Json(key).dump()));
  }
}

// Takes the object apart; returns the URL.
std::string read_object(const std::string& text, Own& own) {
  const Json json =
      json_read::parse("the object", text, "a line that begins with { is a JSON object");
  std::string url;
  for (const auto& [key, value] : json.items()) read_key(key, value, url, own);
  if (url.empty()) throw UsageError("no \"url\"; every request has one");
  return url;
}

// The line's own headers, and those of the defaults whose names it does not have.
std::vector<std::string> merged(std::vector<std::string> own,
                                const std::vector<std::string>& defaults) {
  std::vector<std::string> headers;
  std::ranges::copy_if(defaults, std::back_inserter(headers), [&](const std::string& text) {
    return !names_field(own, header_field(text).name);
  });
  std::ranges::move(own, std::back_inserter(headers));
  return headers;
}

RequestForm form_of(const Own& own, const RequestDefaults& defaults,
                    const std::optional<std::string>& credentials) {
  std::vector<std::string> headers = merged(own.headers, defaults.headers);
  if (credentials && !names_field(headers, "Authorization")) {
    headers.push_back("Authorization: Basic " + base64(*credentials));
  }
  const bool head = own.method == Method::head;
  std::string body = own.body.value_or(head ? "" : defaults.body);
  if (head && !body.empty()) throw UsageError("a HEAD request has no body; leave it out");
  if (!body.empty()) add_type_of_body(headers, body);
  const Method usual = body.empty() ? Method::get : Method::post;
  const Method method = own.method.value_or(defaults.method.value_or(usual));
  return make_form(method, headers, std::move(body));
}

}  // namespace

RequestLine parse_request_line(const std::string& text, const RequestDefaults& defaults) {
  Own own;
  const bool object = text.starts_with('{');
  RequestLine line{parse_url(object ? read_object(text, own) : text), {}};
  if (!own.empty() || line.url.credentials) {
    line.form = form_of(own, defaults, line.url.credentials);
  }
  return line;
}

}  // namespace fanout
