#include "transports/request_form.h"

#include <strings.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace fanout {
namespace {

struct Sizes {
  std::uint32_t method;
  std::uint32_t fields;
  std::uint32_t body;
};

bool same_name(std::string_view name, std::string_view known) {
  return name.size() == known.size() && ::strncasecmp(name.data(), known.data(), name.size()) == 0;
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

HeaderField header_field(std::string_view text) {
  const std::size_t end = text.find_first_of(":;");
  if (end == std::string_view::npos) return {};
  const std::string_view value = trimmed(text.substr(end + 1));
  if (text[end] == ';' && !value.empty()) return {};
  return {text.substr(0, end), value, text[end] == ':' && value.empty()};
}

bool names_field(const std::vector<std::string>& headers, std::string_view name) {
  return std::ranges::any_of(
      headers, [&](const std::string& text) { return same_name(header_field(text).name, name); });
}

bool FormView::names_type() const {
  bool named = false;
  for_each_field(fields, [&](std::string_view name, std::string_view) {
    named = named || same_name(name, "Content-Type");
  });
  return named;
}

RequestForm make_form(const Method& method, const std::vector<std::string>& headers,
                      std::string body) {
  RequestForm form{method, {}, std::move(body)};
  std::string host;
  for (const std::string& text : headers) {
    const HeaderField field = header_field(text);
    const bool is_host = same_name(field.name, "Host");
    if (!field.removes && is_host) append_field("Host", field.value, host);
    if (!field.removes && !is_host) append_field(field.name, field.value, form.fields);
  }
  if (form.view().has_content() && !names_field(headers, "Content-Type")) {
    append_field("Content-Type", kRequestContentType, host);
  }
  form.fields.insert(0, host);
  return form;
}

void append_form(const FormView& form, std::string& out) {
  const std::string_view method = form.method.name();
  const Sizes sizes{static_cast<std::uint32_t>(method.size()),
                    static_cast<std::uint32_t>(form.fields.size()),
                    static_cast<std::uint32_t>(form.body.size())};
  out.append(reinterpret_cast<const char*>(&sizes), sizeof sizes);
  out.append(method).append(form.fields).append(form.body);
}

FormView stored_form(std::string_view text) {
  Sizes sizes{};
  std::memcpy(&sizes, text.data(), sizeof sizes);
  text.remove_prefix(sizeof sizes);
  const Method method(text.substr(0, sizes.method));
  text.remove_prefix(sizes.method);
  return {method, text.substr(0, sizes.fields), text.substr(sizes.fields, sizes.body)};
}

std::size_t stored_size(const FormView& form) {
  return sizeof(Sizes) + form.method.name().size() + form.fields.size() + form.body.size();
}

}  // namespace fanout
