#include "local_server/answer_head.h"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <string_view>

namespace fanout {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

AnswerHead::AnswerHead(unsigned status, const std::vector<AnswerField>& constant) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  text = fmt::format("HTTP/1.1 {} {}\r\n", status, std::string_view(reason.data(), reason.size()));
  fields.push_back({":status", std::to_string(status)});
  for (const AnswerField& field : constant) {
    text += fmt::format("{}: {}\r\n", field.name, field.value);
    fields.push_back({lower_case(field.name), field.value});
  }
}

}  // namespace fanout
