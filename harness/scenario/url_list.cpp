#include "harness/scenario/url_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/name_lookup.h"
#include "harness/scenario/secrets.h"
#include "harness/scenario/text_lines.h"
#include "harness/scenario/url_spool.h"

namespace fanout {
namespace {

// The lines of a file that cannot be used, by number, and why.
class BadLines {
 public:
  void add(std::uint64_t number, const std::string& why) {
    if (count_++ < kNamed) named_.push_back(fmt::format("line {}: {}", number, why));
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // The first of them, and how many more there are.
  [[nodiscard]] std::string text(const std::string& file, const std::string& what) const {
    if (count_ == 1) return fmt::format("{}, {} ({})", file, named_.front(), what);
    return fmt::format("{}: {} ({}):\n  {}{}", file, counted(count_, "bad line"), what,
                       fmt::join(named_, "\n  "),
                       count_ > kNamed ? fmt::format("\n  and {} more", count_ - kNamed) : "");
  }

 private:
  static constexpr std::uint64_t kNamed = 10;
  std::uint64_t count_ = 0;
  std::vector<std::string> named_;
};

// Collects the URLs; keeps what is distinct about them, and their paths if asked to.
class Collector {
 public:
  Collector(const RequestDefaults& defaults, std::optional<std::uint64_t> most, bool keep_paths)
      : defaults_(defaults), most_(most) {
    if (keep_paths) spool_.emplace();
  }

  [[nodiscard]] bool full() const { return most_ && list_.about.urls >= *most_; }

  // Throws UsageError with what is wrong with the text; not where.
  void add(const std::string& text) {
    const RequestLine line = parse_request_line(text, defaults_);
    const std::uint32_t target = number_of(line.url);
    if (spool_ && line.form) {
      const FormView form = line.form->view();
      spool_->add(target, line.url.path, &form);
    } else if (spool_) {
      spool_->add(target, line.url.path);
    }
    note(line);
    ++list_.about.urls;
    if (line.url.scheme_added) ++without_scheme_;
    if (line.url.encoded) ++encoded_;
  }

  // Throws UsageError if there is no room for one more.
  void check_room(const std::string& where) const {
    if (list_.about.urls > kMaxUrls) {
      throw UsageError(fmt::format("{}: more than {} URLs; say how many with -n", where,
                                   format_count(kMaxUrls)));
    }
    if (list_.targets.size() > kMaxTargets) {
      throw UsageError(fmt::format("{}: more than {} different hosts and ports; split the list",
                                   where, kMaxTargets));
    }
  }

  void skip(std::uint64_t lines) { list_.about.skipped = lines; }

  // The URL that is added next stands on this line of the file.
  void at_line(std::uint64_t number) { list_.lines.note(list_.about.urls, number); }

  UrlList finish() {
    if (spool_) list_.spool = spool_->finish();
    list_.about.digest = digest_.finish();
    list_.about.origins = list_.targets.size();
    list_.about.tls = std::ranges::any_of(list_.targets, &Target::tls);
    if (without_scheme_ > 0) {
      list_.notes.push_back(
          fmt::format("{} without a scheme: taken as http://", counted(without_scheme_, "URL")));
    }
    if (encoded_ > 0) {
      list_.notes.push_back(fmt::format("{} with blanks or bytes beyond ASCII: sent as %XX",
                                        counted(encoded_, "URL")));
    }
    return std::move(list_);
  }

 private:
  static std::string origin_of(const Url& url) {
    return fmt::format("{}://{}:{}{}", url.tls ? "https" : "http", url.host, url.port,
                       url.unix_socket);
  }

  void note(const RequestLine& line) {
    const std::string url = origin_of(line.url) + line.url.path;
    const std::string shown = masked_url(url);
    list_.secrets = list_.secrets || shown != url;
    if (list_.about.urls == 0) list_.about.first_url = shown;
    digest_.add(shown);
    if (line.form) note(*line.form);
  }

  void note(const RequestForm& form) {
    digest_.add(form.method.name());
    for_each_field(form.fields, [&](std::string_view name, std::string_view value) {
      const std::string field = fmt::format("{}: {}", name, value);
      const std::string shown = masked_header(field);
      list_.secrets = list_.secrets || shown != field;
      digest_.add(shown);
    });
    digest_.add(form.body);
  }

  std::uint32_t number_of(const Url& url) {
    std::string origin = origin_of(url);
    const auto known = targets_.find(origin);
    if (known != targets_.end()) return known->second;
    Target& target = list_.targets.emplace_back(target_of(url));
    target.expected_status = 0;
    const auto number = static_cast<std::uint32_t>(list_.targets.size() - 1);
    targets_.emplace(std::move(origin), number);
    return number;
  }

  const RequestDefaults& defaults_;
  std::optional<std::uint64_t> most_;
  UrlList list_;
  std::optional<UrlSpoolWriter> spool_;
  ListDigest digest_;
  std::uint64_t without_scheme_ = 0;
  std::uint64_t encoded_ = 0;
  std::map<std::string, std::uint32_t> targets_;  // by scheme://host:port
};

void take_line(const std::string& line, const TextLines& lines, Collector& collector,
               BadLines& bad) {
  const std::string text(trimmed(line));
  if (text.empty() || text.front() == '#') return;
  try {
    if (line.size() > kLongestLine) {
      throw UsageError(fmt::format("longer than {} bytes", kLongestLine));
    }
    collector.at_line(lines.number());
    collector.add(text);
  } catch (const UsageError& error) {
    bad.add(lines.number(), error.what());
  }
  collector.check_room(fmt::format("{}, line {}", lines.name(), lines.number()));
}

// Returns what to say of lines that were left out: nothing if there were none.
std::string read_file(const UrlSources& sources, Collector& collector) {
  TextLines lines(sources.file, "--urls");
  BadLines bad;
  std::string line;
  while (!collector.full() && lines.next(line, kLongestLine)) {
    take_line(line, lines, collector, bad);
  }
  collector.skip(bad.count());
  if (bad.count() == 0) return {};
  if (sources.skip_bad_lines) return bad.text(lines.name(), "left out");
  throw UsageError(bad.text(lines.name(), "--skip-bad-lines goes on without"));
}

// A list of which nothing can be reached is of no use.
void check_resolved(const UrlList& list) {
  if (!std::ranges::all_of(list.targets, [](const Target& t) { return !t.unresolved.empty(); })) {
    return;
  }
  const Target& first = list.targets.front();
  throw UsageError(
      fmt::format("{}: no address is known for \"{}\"{}: {}; correct the name, or give its address "
                  "with --resolve",
                  list.about.source, first.name,
                  list.targets.size() > 1 ? ", nor for any other host" : "", first.unresolved));
}

bool is_unix_socket(const Target& target) { return !target.unix_socket.empty(); }

std::string source_of(const UrlSources& sources) {
  if (sources.file.empty()) return "--url";
  const std::string file = sources.file == "-" ? "standard input" : sources.file;
  return sources.urls.empty() ? file : "--url and " + file;
}

}  // namespace

UrlList read_urls(const UrlSources& sources, const RequestDefaults& defaults,
                  std::optional<std::uint64_t> most, bool keep_paths) {
  Collector collector(defaults, most, keep_paths);
  for (const std::string& url : sources.urls) {
    try {
      if (!collector.full()) collector.add(url);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("--url: {}", error.what()));
    }
  }
  std::string left_out;
  if (!sources.file.empty()) left_out = read_file(sources, collector);
  UrlList list = collector.finish();
  list.about.source = source_of(sources);
  list.about.follow = sources.follow;
  if (!left_out.empty()) list.notes.push_back(std::move(left_out));
  if (list.about.urls == 0) {
    const std::string& why = list.notes.empty() ? list.about.source : list.notes.back();
    throw UsageError(fmt::format("{}: holds no URL; write one a line", why));
  }
  if (sources.follow && std::ranges::any_of(list.targets, is_unix_socket)) {
    throw UsageError(
        "--follow: redirects of a Unix socket would be asked of the socket itself; "
        "leave out --follow, or the URLs with http+unix");
  }
  look_up_names(list.targets, sources.resolve, sources.progress);
  check_resolved(list);
  list.about.loopback = std::ranges::all_of(list.targets, on_this_machine);
  return list;
}

}  // namespace fanout
