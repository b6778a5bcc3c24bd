// What every transport makes of odd answers: the same as libcurl, and so the command curl, which
// tests/cli/odd_answers_test.py asks the same of. The answers are in odd_answers.json.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"
#include "transports/failure_words.h"

namespace fanout::transport_test {
namespace {

using Json = nlohmann::json;
using Then = CannedServer::Then;

const Json& odd_answers() {
  static const Json answers = Json::parse(std::ifstream(FANOUT_TESTS "/contract/odd_answers.json"));
  return answers;
}

// The pieces of an answer: texts whose characters are bytes, or [text, how many times].
std::string bytes_of(const Json& answer) {
  std::string bytes;
  for (const Json& piece : answer.at("bytes")) {
    const bool repeated = piece.is_array();
    const std::string text = (repeated ? piece.at(0) : piece).get<std::string>();
    for (int i = 0; i < (repeated ? piece.at(1).get<int>() : 1); ++i) bytes += text;
  }
  std::string latin;  // JSON has them in UTF-8
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const bool pair = first >= 0xc0 && i + 1 < bytes.size();
    latin += pair ? static_cast<char>((first << 6) | (bytes[i + 1] & 0x3f)) : bytes[i];
    if (pair) ++i;
  }
  return latin;
}

std::string in_words(const Response& response, const FailureWords& words) {
  return fmt::format("{}, status {}, {} bytes, '{}'", outcome_name(response.outcome),
                     response.status, response.body_bytes, words.at(response.words));
}

class EveryTransportReading : public testing::TestWithParam<const Transport*> {};

TEST_P(EveryTransportReading, OddAnswersAsLibcurlDoes) {
  EXPECT_GT(odd_answers().size(), 100U);
  const bool is_curl_8 = GetParam()->stack == "libcurl" && GetParam()->version().starts_with('8');
  for (const Json& answer : odd_answers()) {
    if (is_curl_8 && answer.contains("curl_8")) continue;  // its parser is another one
    const bool close = answer.value("then", "") == "close";
    CannedServer server({{bytes_of(answer), close ? Then::close : Then::keep}});
    FailureWords words;
    ClientConfig config = server.config();
    config.targets[0].expected_status = 0;
    config.failure_words = &words;
    if (answer.value("method", "") == "HEAD") config.method = Method::head;
    const Response response = AnyClient(*GetParam(), config).fetch(0);
    EXPECT_EQ(
        in_words(response, words),
        fmt::format("{}, status {}, {} bytes, '{}'", answer.at("outcome").get<std::string>(),
                    answer.value("status", 0), answer.value("body", 0), answer.value("words", "")))
        << answer.at("name");
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryTransportReading, testing::ValuesIn(networked()),
                         row_name);

}  // namespace
}  // namespace fanout::transport_test
