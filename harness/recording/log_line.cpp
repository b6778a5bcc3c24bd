#include "harness/recording/log_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/units.h"
#include "transports/method.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

constexpr double kSecond = 1e9;
constexpr double kMillisecond = 1e6;
constexpr double kMicrosecond = 1e3;
constexpr unsigned kHighestStatus = 999;
constexpr std::uint64_t kMostBytes = 1ULL << 50;
constexpr double kLongest = 365 * 86'400 * kSecond;

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

// "-" says nothing, which is right, too.
bool note_time(std::string_view text, double unit_ns, std::optional<nanoseconds>& time) {
  if (text == "-") return true;
  const auto value = number_of(text);
  if (!value || *value * unit_ns > kLongest) return false;
  time = nanoseconds(std::llround(*value * unit_ns));
  return true;
}

// "0.010", or of each server that was tried: "0.001, 0.009 : 0.002"; "-" for one not reached.
bool note_upstream(std::string_view text, LogLine& line) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",: "), text.size());
    std::optional<nanoseconds> one;
    if (end > 0 && !note_time(text.substr(0, end), kSecond, one)) return false;
    if (one) line.upstream = line.upstream.value_or(nanoseconds{}) + *one;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

// So many digits from the front, as a number; nothing if there are others.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
  if (error != std::errc() || end != text.data() + count || value < 0) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// "+0200", "-07:00" or "Z": seconds ahead of UTC. Takes all of the text.
std::optional<int> zone_of(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  const bool behind = text.front() == '-';
  if (!behind && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  (void)take(text, ':');
  const auto minutes = take_digits(text, 2);
  if (!hours || !minutes || !text.empty()) return std::nullopt;
  const int ahead = *hours * 3600 + *minutes * 60;
  return behind ? -ahead : ahead;
}

// ".25" as nanoseconds; nothing is taken where there is no fraction.
nanoseconds take_fraction(std::string_view& text) {
  if (text.empty() || (text.front() != '.' && text.front() != ',')) return {};
  text.remove_prefix(1);
  std::int64_t value = 0;
  std::int64_t unit = 1'000'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (unit >= 10) {
      unit /= 10;
      value += (text.front() - '0') * unit;
    }
    text.remove_prefix(1);
  }
  return nanoseconds(value);
}

struct Date {
  std::optional<int> year, month, day, hour, minute, second;
};

std::optional<nanoseconds> since_1970(const Date& date, std::string_view rest) {
  if (!date.year || !date.month || !date.day || !date.hour || !date.minute || !date.second) {
    return std::nullopt;
  }
  const bool right = *date.month >= 1 && *date.month <= 12 && *date.day >= 1 && *date.day <= 31 &&
                     *date.hour < 24 && *date.minute < 60 && *date.second <= 60;
  if (!right || *date.year < 1970 || *date.year > 2200) return std::nullopt;
  const nanoseconds fraction = take_fraction(rest);
  while (take(rest, ' ')) {
  }
  const auto ahead = zone_of(rest);
  if (!ahead) return std::nullopt;
  const std::chrono::sys_days day = std::chrono::year(*date.year) / *date.month / *date.day;
  return day.time_since_epoch() + std::chrono::hours(*date.hour) +
         std::chrono::minutes(*date.minute) + std::chrono::seconds(*date.second - *ahead) +
         fraction;
}

std::optional<nanoseconds> parse_common_time(std::string_view text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  Date date;
  date.day = take_digits(text, 2);
  if (!take(text, '/')) return std::nullopt;
  const std::size_t month = kMonths.find(text.substr(0, 3));
  if (text.size() < 3 || month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  date.month = static_cast<int>(month) / 3 + 1;
  text.remove_prefix(3);
  if (!take(text, '/')) return std::nullopt;
  date.year = take_digits(text, 4);
  for (auto* part : {&date.hour, &date.minute, &date.second}) {
    if (!take(text, ':')) return std::nullopt;
    *part = take_digits(text, 2);
  }
  return since_1970(date, text);
}

// Seconds, or a smaller unit: of any of them, now is a number of another size. What would be before
// 1973 is something else, such as how long the answer took.
std::optional<nanoseconds> parse_unix_time(std::string_view text) {
  const auto value = number_of(text);
  if (!value || *value < 1e8 || *value >= 9e18) return std::nullopt;
  double unit = kSecond;
  for (const double bound : {1e11, 1e14, 1e17}) unit /= *value >= bound ? 1000 : 1;
  if (*value * unit > 9e18) return std::nullopt;
  const double whole = std::floor(*value);  // apart, for a double has no room for both
  return nanoseconds(static_cast<std::int64_t>(whole) * static_cast<std::int64_t>(unit) +
                     std::llround((*value - whole) * unit));
}

bool note_moment(std::optional<nanoseconds> moment, LogLine& line) {
  line.at = moment;
  return moment.has_value();
}

template <class Number>
bool note_whole(std::string_view text, Number most, Number& number) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return false;
  number = value;
  return true;
}

// What clients send is not always a request; such a line is one all the same.
bool note_method(std::string_view text, LogLine& line) {
  const std::string_view method = text.substr(0, text.find(' '));
  if (parse_method(method)) line.method = method;
  return true;
}

}  // namespace

LogMeaning meaning_of(LogField field) {
  switch (field) {
    case LogField::ignored:
      break;
    case LogField::took_s:
    case LogField::took_ms:
    case LogField::took_us:
    case LogField::took_ns:
    case LogField::took_text:
      return LogMeaning::took;
    case LogField::upstream_s:
      return LogMeaning::upstream;
    case LogField::at_common:
    case LogField::at_iso:
    case LogField::at_unix:
      return LogMeaning::at;
    case LogField::status:
      return LogMeaning::status;
    case LogField::bytes:
      return LogMeaning::bytes;
    case LogField::request:
    case LogField::method:
      return LogMeaning::method;
  }
  return LogMeaning::none;
}

std::optional<nanoseconds> parse_iso_time(std::string_view text) {
  Date date;
  date.year = take_digits(text, 4);
  if (!take(text, '-')) return std::nullopt;
  date.month = take_digits(text, 2);
  if (!take(text, '-')) return std::nullopt;
  date.day = take_digits(text, 2);
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  date.hour = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  date.minute = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  date.second = take_digits(text, 2);
  return since_1970(date, text);
}

bool note_field(LogField field, std::string_view text, LogLine& line) {
  switch (field) {
    case LogField::ignored:
      return true;
    case LogField::took_s:
      return note_time(text, kSecond, line.took);
    case LogField::took_ms:
      return note_time(text, kMillisecond, line.took);
    case LogField::took_us:
      return note_time(text, kMicrosecond, line.took);
    case LogField::took_ns:
      return note_time(text, 1, line.took);
    case LogField::took_text:
      line.took = parse_duration(text);
      return line.took.has_value();
    case LogField::upstream_s:
      return note_upstream(text, line);
    case LogField::at_common:
      return note_moment(parse_common_time(text), line);
    case LogField::at_iso:
      return note_moment(parse_iso_time(text), line);
    case LogField::at_unix:
      return note_moment(parse_unix_time(text), line);
    case LogField::status:
      return note_whole(text, kHighestStatus, line.status);
    case LogField::bytes:
      return text == "-" || note_whole(text, kMostBytes, line.bytes);
    case LogField::request:
    case LogField::method:
      return note_method(text, line);
  }
  return false;
}

}  // namespace fanout
