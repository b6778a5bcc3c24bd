// What a request says besides its target and path: method, header fields and body. A client has
// one form for all its requests, and a listed path may bring its own (transports/path.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "transports/method.h"

namespace fanout {

// A header field as users write it, in the forms that curl takes: "Name: value", "Name:value",
// "Name;" (without a value) and "Name:" (fanout's own of this name is not sent).
struct HeaderField {
  std::string_view name;
  std::string_view value;
  bool removes = false;
};
// The parts of it; an empty name for what has none of these forms.
HeaderField header_field(std::string_view text);
// Whether one of them, whatever its form, has this name, in any case.
bool names_field(const std::vector<std::string>& headers, std::string_view name);

inline constexpr std::string_view kRequestContentType = "application/octet-stream";

// A form, its texts borrowed. `fields` are whole lines, "Name: value\r\n", that of Host first if it
// is not to be the target's; Connection and Content-Length are left to who sends it.
struct FormView {
  Method method = Method::get;
  std::string_view fields;
  std::string_view body;

  // Whether the request says how long its body is.
  [[nodiscard]] bool has_content() const { return !body.empty() || expects_body(method); }
  [[nodiscard]] bool names_host() const { return fields.starts_with("Host: "); }
  [[nodiscard]] bool names_type() const;
};

struct RequestForm {
  Method method = Method::get;
  std::string fields;
  std::string body;
  [[nodiscard]] FormView view() const { return {method, fields, body}; }
};

// The form with these headers, which may be of any form that curl takes.
RequestForm make_form(const Method& method, const std::vector<std::string>& headers,
                      std::string body);

// Calls visit(name, value) for each line of a form's fields.
template <class Visit>
void for_each_field(std::string_view fields, Visit visit) {
  constexpr std::string_view kBetween = ": ";
  for (std::size_t end = 0; !fields.empty(); fields.remove_prefix(end + 2)) {
    end = fields.find("\r\n");
    const std::size_t colon = fields.find(kBetween);
    visit(fields.substr(0, colon),
          fields.substr(colon + kBetween.size(), end - colon - kBetween.size()));
  }
}

// Appends a form as it stands behind its path in ClientConfig::paths.
void append_form(const FormView& form, std::string& out);
// The form at the beginning of the text, and how many bytes it takes there.
FormView stored_form(std::string_view text);
std::size_t stored_size(const FormView& form);

}  // namespace fanout
