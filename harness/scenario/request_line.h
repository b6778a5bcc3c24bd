// One line of a list: a URL, or a JSON object that says more of its request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transports/request_form.h"
#include "transports/url.h"

namespace fanout {

// What requests are besides their URLs, unless their line says otherwise.
struct RequestDefaults {
  std::optional<Method> method;      // none: GET, or POST with a body
  std::vector<std::string> headers;  // checked by check_headers
  std::string body;
};

struct RequestLine {
  Url url;
  std::optional<RequestForm> form;  // none: that of the defaults
};

inline constexpr std::size_t kLongestLine = 16 << 20;  // of JSON; others hold a URL

// Reads `text`, which has no blanks around it. A line that begins with { is an object of the keys
// url, method, header or headers (each name with a text or a list of them), and body (base64, as
// vegeta's targets have it) or body_text. Its headers take the place of the defaults' of the same
// name. Throws UsageError with what is wrong; not where.
RequestLine parse_request_line(const std::string& text, const RequestDefaults& defaults);

}  // namespace fanout
