// Lines of access logs in the formats that servers write.
#include "harness/recording/log_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* kCommonLine =
    R"(203.0.113.9 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=\"c HTTP/1.0" 200 2326)";

LogLine must_read(const LogFormat& format, std::string_view line) {
  const auto read = format.read(line);
  EXPECT_TRUE(read.has_value()) << line;
  return read.value_or(LogLine{});
}

LogLine read_as(const std::string& format, std::string_view line) {
  return must_read(*log_format(format, {}), line);
}

TEST(LogFormat, ReadsTheCommonFormat) {
  const LogLine line = read_as("common", kCommonLine);
  EXPECT_EQ(line.status, 200U);
  EXPECT_EQ(line.bytes, 2326U);
  EXPECT_EQ(line.method, "GET");
  EXPECT_EQ(line.at, 971'211'336s);
  EXPECT_EQ(line.took, std::nullopt);
  const auto common = log_format("common", {});
  EXPECT_FALSE(common->read(std::string(kCommonLine) + R"( "-" "curl")"));
  EXPECT_FALSE(common->read("nothing of the kind"));
}

TEST(LogFormat, ReadsACombinedLineOrALongerOneWithoutBeingTold) {
  const auto combined = std::string(kCommonLine) + R"( "http://x/" "A \"B\" C")";
  EXPECT_EQ(read_as("combined", combined).bytes, 2326U);
  EXPECT_EQ(must_read(*log_format_of(combined, {}), combined + " 0.25 more").bytes, 2326U);
  EXPECT_EQ(must_read(*log_format_of(combined, {}), kCommonLine).status, 200U);
  EXPECT_EQ(log_format_of(R"( {"status": 200})", {})->words(), "json");
}

TEST(LogFormat, ReadsNginxsOwnSyntax) {
  const std::string format =
      R"($remote_addr [$time_iso8601] "$request" ${status} $body_bytes_sent $request_time $upstream_response_time)";
  const LogLine line = read_as(
      format,
      R"(::1 [2026-01-02T03:04:05+01:00] "POST /x HTTP/1.1" 201 5 0.120 0.010, 0.030 : 0.002)");
  EXPECT_EQ(line.took, 120ms);
  EXPECT_EQ(line.upstream, 42ms);
  EXPECT_EQ(line.method, "POST");
  EXPECT_EQ(line.at, 1'767'319'445s);
  const LogLine none = read_as(format, R"(::1 [2026-01-02T02:04:05Z] "-" 400 0 0.001 -)");
  EXPECT_EQ(none.upstream, std::nullopt);
  EXPECT_EQ(none.at, line.at);
  EXPECT_EQ(read_as("$msec $status", "1767319445.250 204").at, 1'767'319'445'250ms);
}

TEST(LogFormat, ReadsApachesOwnSyntax) {
  const LogLine line =
      read_as(R"(%h %l %u %t \"%r\" %>s %b %D %{Referer}i 100%%)",
              R"(::1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 304 - 1500 - 100%)");
  EXPECT_EQ(line.took, 1500us);
  EXPECT_EQ(line.status, 304U);
  EXPECT_EQ(line.bytes, 0U);
  EXPECT_EQ(line.at, 971'211'336s);
  EXPECT_EQ(read_as("%{ms}T %>s", "7 200").took, 7ms);
  EXPECT_EQ(read_as("%T %s", "2 200").took, 2s);
}

TEST(LogFormat, TakesTheBetterOfTwoOfOneMeaning) {
  EXPECT_EQ(read_as("%>s %D %T", "200 15000 0").took, 15ms);
  EXPECT_EQ(read_as("%>s %T %D", "200 0 15000").took, 15ms);
  EXPECT_EQ(read_as("$status $bytes_sent $body_bytes_sent", "200 850 500").bytes, 500U);
}

TEST(LogFormat, ReadsJson) {
  const auto usual = log_format("json", {});
  const LogLine nginx = must_read(
      *usual,
      R"({"status":"200","request_time":"0.5","body_bytes_sent":"7","request_method":"PUT",)"
      R"("time_iso8601":"2026-01-02T03:04:05+01:00","upstream_response_time":"0.25"})");
  EXPECT_EQ(nginx.took, 500ms);
  EXPECT_EQ(nginx.upstream, 250ms);
  EXPECT_EQ(nginx.bytes, 7U);
  EXPECT_EQ(nginx.method, "PUT");
  EXPECT_EQ(nginx.at, 1'767'319'445s);
  const auto named = log_format(
      "json", {"time=took.total:us", "status=reply.code", "at=when", "method=verb", "bytes=n"});
  const LogLine own = must_read(
      *named,
      R"({"took":{"total":1500},"reply":{"code":404},"when":1767319445250,"verb":"GET","n":1})");
  EXPECT_EQ(own.took, 1500us);
  EXPECT_EQ(own.status, 404U);
  EXPECT_EQ(own.at, 1'767'319'445'250ms);
  EXPECT_EQ(must_read(*log_format("json", {"time=d"}), R"({"d":"1.5ms","status":200})").took,
            1500us);
  EXPECT_FALSE(log_format("json", {"time=d"})->read(R"({"status":200})"));
  EXPECT_FALSE(usual->read(R"({"request_time":1})"));
  EXPECT_FALSE(usual->read(R"(["status",200])"));
  EXPECT_FALSE(usual->read(R"({"status":200)"));
}

TEST(LogFormat, RefusesAFormatThatCannotBeRead) {
  const auto refusal = [](const std::string& format, const std::vector<std::string>& fields) {
    try {
      (void)log_format(format, fields);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(refusal("fast", {}), HasSubstr("expected common, combined, json"));
  EXPECT_THAT(refusal("$request $body_bytes_sent", {}), HasSubstr("has no $status"));
  EXPECT_THAT(refusal("$status$request_time", {}), HasSubstr("nothing stands between $status and"));
  EXPECT_THAT(refusal("common", {"time=x"}), HasSubstr("--log-format json"));
  EXPECT_THAT(refusal("json", {"time"}), HasSubstr("a meaning and a key"));
  EXPECT_THAT(refusal("json", {"time=x:min"}), HasSubstr("ns, us, ms or s as the unit"));
  EXPECT_THAT(refusal("json", {"size=x"}), HasSubstr("time, status, bytes, method or at"));
}

TEST(LogFormat, RefusesValuesThatAreNone) {
  EXPECT_FALSE(log_format("$status [$time_local]", {})->read("200 [10/Xyz/2025:13:55:36 +0000]"));
  for (const char* line :
       {"x 0.1", "200 x", "200 -1", "200 nan", "200 1e99", "1000 0.1", "200 0.1 "}) {
    EXPECT_FALSE(log_format("$status $request_time", {})->read(line)) << line;
  }
  for (const char* time : {"", "2026", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00+1",
                           "31/Jan/2026:00:00:00 +0000"}) {
    EXPECT_EQ(parse_iso_time(time), std::nullopt) << time;
  }
}

}  // namespace
}  // namespace fanout
