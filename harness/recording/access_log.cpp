#include "harness/recording/access_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/recording/log_format.h"
#include "harness/scenario/text_lines.h"
#include "wire/token.h"

namespace fanout {
namespace {

constexpr const char* kHowToSay =
    "say how they are written by --log-format '$remote_addr ... $status' (nginx), '%h ... %>s' "
    "(Apache), common, combined or json";
constexpr std::size_t kLongestLogLine = 64 << 10;
constexpr std::uint64_t kShownLines = 3;
// If the first so many lines are all written otherwise, so are the rest.
constexpr std::uint64_t kVainLines = 100;

// A line as people may see it: printable, and short.
std::string shown_line(std::string_view line) {
  constexpr std::size_t kShown = 70;
  std::string shown(line.substr(0, kShown));
  std::ranges::replace_if(
      shown, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return shown + (line.size() > kShown ? "..." : "");
}

// What of a line is kept: a small part of an Observation.
struct Answer {
  std::optional<std::chrono::nanoseconds> took{};
  std::uint64_t bytes = 0;
  unsigned status = 0;
};

class LogReader {
 public:
  explicit LogReader(const AccessLog& log) : log_(log), lines_(log.file, "--access-log") {
    if (!log.format.empty()) format_ = log_format(log.format, log.fields);
  }

  Observations read() {
    for (std::string line; lines_.next(line, kLongestLogLine);) {
      if (trimmed(line).empty()) continue;
      if (format_ == nullptr) format_ = log_format_of(line, log_.fields);
      note(line);
      if (unreadable_ == kVainLines && readable_ == 0) break;
    }
    if (readable_ == 0 || unreadable_ >= readable_) refuse();
    return observations();
  }

 private:
  void note(const std::string& text) {
    const auto line = format_->read(text);
    if (!line) {
      if (unreadable_ == 0) why_ = format_->why_not(text);
      if (unreadable_++ < kShownLines) {
        shown_.push_back(fmt::format("line {}: {}", lines_.number(), shown_line(text)));
      }
      return;
    }
    ++readable_;
    if (line->at) arrivals_.add(*line->at);
    dated_ += line->at.has_value() ? 1 : 0;
    if (!line->method.empty()) count_method(line->method);
    const auto took = line->upstream ? line->upstream : line->took;
    if (took && took->count() > 0) {
      (*took % std::chrono::seconds(1) == std::chrono::nanoseconds{} ? whole_ : broken_) = true;
    }
    draw({took, line->bytes, line->status});
  }

  // A log may hold what nobody should have sent: names that were made up are not kept.
  void count_method(const std::string& method) {
    constexpr std::size_t kMostMethods = 30;
    if (methods_.size() < kMostMethods || methods_.contains(method)) ++methods_[method];
  }

  // Each answer so far is kept with the same chance (reservoir sampling; Vitter's algorithm R,
  // 1985). By a fixed seed, so that a log gives the same scenario each time.
  void draw(const Answer& answer) {
    if (drawn_.size() < kMostDrawn) {
      drawn_.push_back(answer);
      return;
    }
    const std::uint64_t place = make_token(1, readable_) % readable_;
    if (place < kMostDrawn) drawn_[place] = answer;
  }

  [[noreturn]] void refuse() const {
    if (shown_.empty()) {
      throw UsageError(fmt::format("{}: has no lines; name a log that has some", lines_.name()));
    }
    const std::string count = readable_ == 0
                                  ? "its lines"
                                  : fmt::format("{} of its {} lines", format_count(unreadable_),
                                                format_count(unreadable_ + readable_));
    throw UsageError(fmt::format("{}: {} are not as the format {} says, the first is {}; {}",
                                 lines_.name(), count, format_->words(), shown_.front(),
                                 why_.empty() ? kHowToSay : why_));
  }

  Observations observations() {
    Observations seen{.source = Source::access_log, .hosts = {{"the log's server", false}}};
    seen.methods = std::move(methods_);
    seen.shows_times =
        std::ranges::any_of(drawn_, [](const Answer& one) { return one.took.has_value(); });
    std::uint64_t timeless = 0;
    for (const Answer& answer : drawn_) {
      Observation one{.status = answer.status, .body_bytes = answer.bytes};
      one.first_byte = seen.shows_times ? answer.took : std::chrono::nanoseconds{};
      timeless += one.first_byte ? 0 : 1;
      seen.all.push_back(std::move(one));
    }
    add_arrivals(seen);
    add_notes(seen, timeless);
    check_enough(lines_.name(), seen);
    return seen;
  }

  void add_notes(Observations& seen, std::uint64_t timeless) const {
    if (unreadable_ > 0) {
      seen.notes.push_back(fmt::format("{} of {} lines could not be read as {}",
                                       format_count(unreadable_),
                                       format_count(unreadable_ + readable_), format_->words()));
      seen.unread = shown_;
    }
    if (readable_ > drawn_.size()) {
      seen.notes.push_back(fmt::format("of {} answers, {} were drawn by chance and are fitted",
                                       format_count(readable_), format_count(drawn_.size())));
    }
    if (timeless > 0) {
      seen.notes.push_back(counted(timeless, "answer") + " without a time");
    }
    if (whole_ && !broken_) {
      seen.notes.emplace_back("parts of seconds: the log has none, so its think times are rough");
    }
  }

  // The rate, unless it is so low that a run at it would take long.
  void add_arrivals(Observations& seen) const {
    if (dated_ != readable_) {
      seen.notes.emplace_back("when requests came: not every line says it");
      return;
    }
    seen.arrivals = arrivals_.seen();
    constexpr double kLeast = 0.2;  // a second: 20 requests in 100 s
    if (seen.arrivals && seen.arrivals->rate >= kLeast) return;
    seen.notes.push_back(seen.arrivals
                             ? fmt::format("when requests came: {} a second are too few for a run",
                                           format_number(seen.arrivals->rate))
                             : "when requests came: the log has all of them in one moment");
    seen.arrivals.reset();
  }

  const AccessLog& log_;
  TextLines lines_;
  std::unique_ptr<LogFormat> format_;
  std::uint64_t readable_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t dated_ = 0;
  bool whole_ = false;   // whether an answer took whole seconds, one at least
  bool broken_ = false;  // and whether one took something else
  std::string why_;      // the first line that could not be read could not
  std::vector<std::string> shown_;
  std::vector<Answer> drawn_;
  std::map<std::string, std::size_t> methods_;
  ArrivalCounter arrivals_;
};

}  // namespace

Observations read_access_log(const AccessLog& log) { return LogReader(log).read(); }

}  // namespace fanout
