// Whatever stands in a file, readers come to an end, and say so or give values that make sense.
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "harness/recording/har.h"
#include "harness/recording/log_format.h"

namespace fanout {
namespace {

// A part of the text taken out, doubled, or overwritten with what may mean something.
class Mutator {
 public:
  std::string operator()(std::string text) {
    for (std::size_t i = 0; i <= below(3); ++i) mutate(text);
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void mutate(std::string& text) {
    static constexpr std::string_view kBytes = "{}[]\",:-+.eE0129\\\x00\xff$% aTZn/";
    const std::size_t at = below(text.size());
    const std::size_t size = below(8) + 1;
    switch (below(5)) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, text.substr(below(text.size()), size));
        break;
      case 2:
        text.resize(at);
        break;
      case 3:
        text.insert(at, "99999999999999999999");
        break;
      default:
        if (!text.empty()) text[at] = kBytes[below(kBytes.size())];
    }
  }

  std::mt19937_64 random_{20'261'127};
};

// Together 100,000 with sanitizers, which see more of what goes wrong; without, a tenth.
constexpr std::size_t kMutantsOfLines = 700 * FANOUT_PERCENT;
constexpr std::size_t kMutantsOfFormats = 100 * FANOUT_PERCENT;
constexpr std::size_t kMutantsOfFiles = 200 * FANOUT_PERCENT;

void expect_sense(const std::optional<LogLine>& line) {
  if (!line) return;
  EXPECT_LE(line->status, 999U);
  EXPECT_GE(line->took.value_or(std::chrono::nanoseconds{}).count(), 0);
  EXPECT_GE(line->at.value_or(std::chrono::nanoseconds{}), -std::chrono::hours(24));
}

TEST(Mutations, OfLinesOfALogAreReadOrNot) {
  Mutator mutated;
  const std::vector<std::pair<std::unique_ptr<LogFormat>, std::string>> kinds = [] {
    std::vector<std::pair<std::unique_ptr<LogFormat>, std::string>> made;
    made.emplace_back(log_format("combined", {}),
                      R"(::1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23 "-" "x\"y")");
    made.emplace_back(
        log_format("$time_iso8601 $msec $status $request_time $upstream_response_time", {}),
        "2026-01-02T03:04:05.5+01:00 1767319445.250 200 0.1 0.1, - : 0.2");
    made.emplace_back(log_format("json", {}),
                      R"({"status":200,"request_time":"0.1","ts":1767319445.25,"method":"GET"})");
    return made;
  }();
  for (std::size_t i = 0; i < kMutantsOfLines; ++i) {
    const auto& [format, line] = kinds[i % kinds.size()];
    expect_sense(format->read(mutated(line)));
  }
}

TEST(Mutations, OfAFormatAreReadOrRefused) {
  Mutator mutated;
  for (std::size_t i = 0; i < kMutantsOfFormats; ++i) {
    try {
      const auto format = log_format(mutated(R"(%h [%{sec}t] "%r" %>s $status $request)"), {});
      expect_sense(format->read(R"(::1 [1] "GET /" 200 200 GET)"));
    } catch (const UsageError&) {
    }
  }
}

TEST(Mutations, OfAHarFileAreReadOrRefused) {
  Mutator mutated;
  std::string text = R"({"log":{"entries":[)";
  for (int i = 0; i < 20; ++i) {
    text += std::string(i == 0 ? "" : ",") +
            R"({"startedDateTime":"2026-01-02T03:04:05.000Z","request":{"url":"http://a/"},)"
            R"("response":{"status":200},"timings":{"connect":1,"wait":2}})";
  }
  text += "]}}";
  std::size_t read = 0;
  for (std::size_t i = 0; i < kMutantsOfFiles; ++i) {
    try {
      const Observations seen = read_har(mutated(text), "page.har", false);
      read += 1;
      EXPECT_GE(seen.all.size(), kLeastSamples);
    } catch (const UsageError&) {
    }
  }
  EXPECT_GT(read, 0U);
  EXPECT_LT(read, kMutantsOfFiles);
}

}  // namespace
}  // namespace fanout
