// The head of an answer, ready to be sent in either version of HTTP.
#pragma once

#include <string>
#include <vector>

namespace fanout {

struct AnswerField {
  std::string name;
  std::string value;
};

struct AnswerHead {
  AnswerHead() = default;
  // `constant` are the fields that do not differ between requests, named as HTTP/1.1 does.
  AnswerHead(unsigned status, const std::vector<AnswerField>& constant);

  std::string text;                 // HTTP/1.1: without the empty line at the end
  std::vector<AnswerField> fields;  // HTTP/2: ":status" first, then names in lower case
};

}  // namespace fanout
