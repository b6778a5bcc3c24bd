#include "harness/scenario/url_list.h"

#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "harness/scenario/request_line.h"
#include "harness/scenario/secrets.h"
#include "harness/scenario/text_lines.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"
#include "transports/nghttp2/http2_fields.h"

namespace fanout::fuzz {
namespace {

void check_form(const FormView& form) {
  for_each_field(form.fields, [](std::string_view name, std::string_view value) {
    require(is_http_token(name), "a name of a field is none");
    require(value.find_first_of("\r\n") == std::string_view::npos, "a field begins another one");
    const std::string masked = masked_header(std::string(name) + ": " + std::string(value));
    require(masked_header(masked) == masked, "what is masked is masked once more");
  });
  std::string stored;
  append_form(form, stored);
  const FormView again = stored_form(stored);
  require(stored_size(form) == stored.size() && again.method == form.method &&
              again.fields == form.fields && again.body == form.body,
          "stored and read again, it is another form");
  Http2Fields fields;
  fields.assign(form, "http", "a");
}

void check_line(const std::string& text, const RequestDefaults& defaults) {
  std::optional<RequestLine> line;
  try {
    line = parse_request_line(text, defaults);
  } catch (const UsageError&) {
    return;
  }
  require(line->url.path.starts_with('/'), "no path of a request");
  if (line->form) check_form(line->form->view());
}

}  // namespace

// All that read_urls() does but for looking names up. The first byte chooses the defaults.
void url_list(std::string_view input) {
  RequestDefaults defaults;
  if (take_byte(input) % 2 == 1) {
    defaults = {.method = Method::post, .headers = {"Accept: text/plain"}, .body = "{}"};
  }
  const InputFile file(input);
  try {
    TextLines lines(file.path(), "--urls");
    for (std::string line; lines.next(line, kLongestLine);) {
      const std::string text(trimmed(line));
      if (!text.empty() && text.front() != '#') check_line(text, defaults);
    }
  } catch (const UsageError&) {  // no text
  }
}

}  // namespace fanout::fuzz
