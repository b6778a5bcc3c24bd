#include "harness/scenario/url_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/name_lookup.h"
#include "harness/scenario/secrets.h"
#include "harness/scenario/url_spool.h"
#include "transports/url.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestLine = kLongestUrl + 100;  // blanks around it

// Collects the URLs; keeps what is distinct about them, and their paths if asked to.
class Collector {
 public:
  Collector(std::optional<std::uint64_t> most, bool keep_paths) : most_(most) {
    if (keep_paths) spool_.emplace();
  }

  [[nodiscard]] bool full() const { return most_ && list_.about.urls >= *most_; }

  // `where` it stands, for errors; composed only then.
  template <class Where>
  void add(const std::string& text, Where where) {
    try {
      if (list_.about.urls == kMaxRequests) {
        throw UsageError(
            fmt::format("more than {} URLs; say how many with -n", format_count(kMaxRequests)));
      }
      const Url url = parse_url(text);
      const std::uint32_t target = number_of(url);
      if (spool_) spool_->add(target, url.path);
      note(text);
      ++list_.about.urls;
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", where(), error.what()));
    }
  }

  // The URL that is added next stands on this line of the file.
  void at_line(std::uint64_t number) { list_.lines.note(list_.about.urls, number); }

  UrlList finish() {
    if (spool_) list_.spool = spool_->finish();
    list_.about.digest = digest_.finish();
    list_.about.origins = list_.targets.size();
    list_.about.tls = std::ranges::any_of(list_.targets, &Target::tls);
    return std::move(list_);
  }

 private:
  void note(const std::string& url) {
    const std::string shown = masked_url(url);
    list_.secrets = list_.secrets || shown != url;
    if (list_.about.urls == 0) list_.about.first_url = shown;
    digest_.add(shown);
  }

  std::uint32_t number_of(const Url& url) {
    std::string origin = fmt::format("{}://{}:{}{}", url.tls ? "https" : "http", url.host, url.port,
                                     url.unix_socket);
    const auto known = targets_.find(origin);
    if (known != targets_.end()) return known->second;
    if (list_.targets.size() == kMaxTargets) {
      throw UsageError(
          fmt::format("more than {} different hosts and ports; split the list", kMaxTargets));
    }
    Target& target = list_.targets.emplace_back(target_of(url));
    target.expected_status = 0;
    const auto number = static_cast<std::uint32_t>(list_.targets.size() - 1);
    targets_.emplace(std::move(origin), number);
    return number;
  }

  std::optional<std::uint64_t> most_;
  UrlList list_;
  std::optional<UrlSpoolWriter> spool_;
  ListDigest digest_;
  std::map<std::string, std::uint32_t> targets_;  // by scheme://host:port
};

void read_lines(std::istream& input, const std::string& name, Collector& collector) {
  std::vector<char> line(kLongestLine + 1);
  for (std::uint64_t number = 1; !collector.full(); ++number) {
    input.getline(line.data(), static_cast<std::streamsize>(line.size()));
    const auto where = [&] { return fmt::format("{}, line {}", name, number); };
    const auto taken = static_cast<std::size_t>(input.gcount());
    if (input.bad() || (input.fail() && !input.eof() && taken + 1 < line.size())) {
      throw UsageError(fmt::format("{}: cannot be read; name a file with one URL a line", name));
    }
    if (input.fail() && taken == 0) return;
    if (input.fail()) {
      throw UsageError(fmt::format("{}: longer than {} bytes", where(), kLongestLine));
    }
    const std::string text(trimmed({line.data(), taken - (input.eof() ? 0 : 1)}));
    if (text.empty() || text.front() == '#') continue;
    collector.at_line(number);
    collector.add(text, where);
  }
}

void read_file(const std::string& file, Collector& collector) {
  if (file == "-") return read_lines(std::cin, "standard input", collector);
  std::ifstream input(file, std::ios::binary);
  if (!input) {
    throw UsageError(
        fmt::format("--urls {}: cannot be read; name a file with one URL a line, or - "
                    "for standard input",
                    file));
  }
  read_lines(input, file, collector);
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

std::string source_of(const UrlSources& sources) {
  if (sources.file.empty()) return "--url";
  const std::string file = sources.file == "-" ? "standard input" : sources.file;
  return sources.urls.empty() ? file : "--url and " + file;
}

}  // namespace

UrlList read_urls(const UrlSources& sources, std::optional<std::uint64_t> most, bool keep_paths) {
  Collector collector(most, keep_paths);
  for (const std::string& url : sources.urls) {
    if (!collector.full()) collector.add(url, [] { return std::string("--url"); });
  }
  if (!sources.file.empty()) read_file(sources.file, collector);
  UrlList list = collector.finish();
  list.about.source = source_of(sources);
  if (list.about.urls == 0) {
    throw UsageError(fmt::format("{}: holds no URL; write one a line", list.about.source));
  }
  look_up_names(list.targets, sources.resolve, sources.progress);
  check_resolved(list);
  list.about.loopback = std::ranges::all_of(list.targets, on_this_machine);
  return list;
}

}  // namespace fanout
