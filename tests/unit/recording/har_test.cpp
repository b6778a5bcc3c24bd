// What a browser noted of a page, as observations.
#include "harness/recording/har.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/recording/recording.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using PageJson = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// An entry over a new connection: 10 ms for TCP, 20 ms for TLS, 30 ms to the first byte.
PageJson entry(const std::string& url, const std::string& at) {
  return {
      {"startedDateTime", at},
      {"time", 66},
      {"request",
       {{"method", "GET"}, {"url", url}, {"headers", {{{"name", "Cookie"}, {"value", "s3cret"}}}}}},
      {"response",
       {{"status", 200},
        {"httpVersion", "HTTP/1.1"},
        {"bodySize", 700},
        {"headersSize", 120},
        {"content", {{"size", 900}, {"text", "s3cret"}}}}},
      {"timings",
       {{"blocked", 5},
        {"dns", -1},
        {"connect", 30},
        {"ssl", 20},
        {"send", 0.5},
        {"wait", 30.25},
        {"receive", 0.25}}}};
}

PageJson page(std::size_t entries) {
  PageJson har{{"log", {{"version", "1.2"}, {"entries", PageJson::array()}}}};
  for (std::size_t i = 0; i < entries; ++i) {
    const std::string host = i % 3 == 2 ? "https://cdn.example" : "https://example.org:8443";
    har["log"]["entries"].push_back(entry(host + "/s3cret?q=s3cret", "2026-01-02T03:04:05.000Z"));
  }
  return har;
}

std::string refusal(const std::string& text) {
  try {
    (void)read_har(text, "page.har", false);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ReadHar, TakesThePartsOfTimesApart) {
  const Observations seen = read_har(page(30).dump(), "page.har", false);
  ASSERT_EQ(seen.hosts.size(), 2U);
  EXPECT_EQ(seen.hosts[0].name, "https://example.org:8443");
  EXPECT_EQ(seen.hosts[1].name, "https://cdn.example");
  ASSERT_EQ(seen.all.size(), 30U);
  const Observation& one = seen.all[2];
  EXPECT_EQ(one.host, 1U);
  EXPECT_EQ(one.connect, 10ms);
  EXPECT_EQ(one.handshake, 20ms);
  EXPECT_EQ(one.first_byte, 30250us);
  EXPECT_EQ(one.receiving, 250us);
  EXPECT_EQ(one.body_bytes, 700U);
  EXPECT_EQ(one.header_bytes, 120U);
  EXPECT_EQ(one.http_version, 11U);
  EXPECT_EQ(seen.most_at_once, 30U);
}

TEST(ReadHar, CountsWhatWasInFlightTogether) {
  PageJson har = page(20);
  for (std::size_t i = 0; i < 20; ++i) {  // two at a time: what waits for a connection is not sent
    auto& one = har["log"]["entries"][i];
    one["timings"]["blocked"] = 61 * (i / 2);
  }
  const Observations seen = read_har(har.dump(), "page.har", false);
  EXPECT_EQ(seen.most_at_once, 2U);
  EXPECT_EQ(seen.workers_alike, 2U);
}

TEST(ReadHar, FindsHowManyWorkersTakeAsLongAsThePage) {
  PageJson har = page(21);
  for (std::size_t i = 0; i < 21; ++i) {  // one, which the others wait for, and then all at once
    har["log"]["entries"][i]["timings"]["blocked"] = i == 0 ? 0 : 61;
  }
  const Observations seen = read_har(har.dump(), "page.har", false);
  EXPECT_EQ(seen.most_at_once, 20U);
  EXPECT_EQ(seen.workers_alike, 11U);  // two after each other, as the page was
}

TEST(ReadHar, LeavesOutWhatNoServerAnswered) {
  PageJson har = page(24);
  auto& entries = har["log"]["entries"];
  entries[0]["_fromCache"] = "memory";
  entries[1]["request"]["url"] = "data:text/plain,s3cret";
  entries.push_back(entry("http://down.example/", "2026-01-02T03:04:05.000Z"));
  entries.back()["response"] = {{"status", 0}};
  const Observations seen = read_har(har.dump(), "page.har", false);
  EXPECT_EQ(seen.all.size(), 22U);
  EXPECT_THAT(seen.notes,
              ElementsAre(HasSubstr("1 entry that the browser's cache answered"),
                          HasSubstr("1 entry that asked for something else"),
                          HasSubstr("1 request to http://down.example, which answered nothing")));
}

TEST(ReadHar, BecomesARecordingInThePagesOrderAndWithoutSecrets) {
  const Recording recording = recording_of(read_har(page(30).dump(), "page.har", true));
  EXPECT_EQ(recording.requests, 30U);
  EXPECT_EQ(recording.workers, 30U);
  EXPECT_EQ(recording.order.size(), 30U);
  EXPECT_EQ(recording.order[2], 1U);
  EXPECT_EQ(recording.hosts[1].name, "https://host-2");
  EXPECT_EQ(recording.hosts[0].behaviour.rtt, 10ms);
  EXPECT_EQ(recording.hosts[0].behaviour.delay.values.front(), 20500us - kLocalPath);
}

TEST(ReadHar, TakesFirefoxsTlsApartFromItsConnect) {
  PageJson har = page(20);
  for (auto& one : har["log"]["entries"]) {
    one["timings"]["connect"] = 20;
    one["timings"]["ssl"] = 19;
    one["time"] = 5 + 20 + 19 + 0.5 + 30.25 + 0.25;
  }
  const Observations seen = read_har(har.dump(), "page.har", false);
  EXPECT_EQ(seen.all[0].connect, 20ms);
  EXPECT_EQ(seen.all[0].handshake, 19ms);
}

TEST(ReadHar, KnowsTheCachesOfOtherBrowsers) {
  PageJson har = page(24);
  auto& entries = har["log"]["entries"];
  entries[0]["_fetchType"] = "Memory Cache";
  entries[1]["cache"] = {{"afterRequest", PageJson::object()}};
  entries[1]["timings"]["wait"] = 0;
  entries[2]["cache"] = {{"afterRequest", PageJson::object()}};  // stored, and asked for
  EXPECT_EQ(read_har(har.dump(), "page.har", false).all.size(), 22U);
}

TEST(ReadHar, TakesSizesAsTheyCameOverTheWire) {
  PageJson har = page(20);
  auto& entries = har["log"]["entries"];
  entries[0]["response"]["bodySize"] = -1;
  entries[0]["response"]["_transferSize"] = 520;
  entries[1]["response"].erase("bodySize");
  const Observations seen = read_har(har.dump(), "page.har", false);
  EXPECT_EQ(seen.all[0].body_bytes, 400U);
  EXPECT_EQ(seen.all[1].body_bytes, 900U);
}

TEST(ReadHar, CountsNoPauseBetweenPages) {
  PageJson har = page(24);
  for (std::size_t i = 0; i < 24; ++i) {
    har["log"]["entries"][i]["startedDateTime"] =
        i < 12 ? "2026-01-02T03:04:05.000Z" : "2026-01-02T03:09:05.000Z";
  }
  const Observations seen = read_har(har.dump(), "page.har", false);
  EXPECT_EQ(seen.workers_alike, 12U);
  EXPECT_THAT(seen.notes, ElementsAre(HasSubstr("1 pause of a second or more")));
  for (auto& one : har["log"]["entries"]) one.erase("startedDateTime");
  const Recording recording = recording_of(read_har(har.dump(), "page.har", false));
  EXPECT_EQ(recording.workers, 0U);
  EXPECT_THAT(recording.unknown.back(), HasSubstr("does not say when requests began"));
}

TEST(ReadHar, SaysWhatIsWrong) {
  EXPECT_THAT(refusal(page(30).dump().substr(0, 500)), HasSubstr("page.har: no whole HAR file"));
  EXPECT_THAT(refusal("[1, 2]"), HasSubstr("has no log.entries"));
  EXPECT_THAT(refusal("not json"), HasSubstr("export one"));
  EXPECT_THAT(refusal(page(19).dump()),
              HasSubstr("19 of 19 samples can be used; a recording needs 20"));
  PageJson timeless = page(30);
  for (auto& one : timeless["log"]["entries"]) one.erase("timings");
  EXPECT_THAT(refusal(timeless.dump()), HasSubstr("none of its 30 entries has timings"));
}

}  // namespace
}  // namespace fanout
