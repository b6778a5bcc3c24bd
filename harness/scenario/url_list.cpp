#include "harness/scenario/url_list.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "base/deleter.h"
#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/url_spool.h"
#include "transports/url.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestLine = kLongestUrl + 100;  // blanks around it

bool is_literal(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

// The first IPv4 address the system knows for a name.
std::string look_up(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(name.c_str(), nullptr, &wanted, &found); code != 0) {
    throw UsageError(
        fmt::format("no IPv4 address is known for \"{}\": {}", name, ::gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, Deleter<&::freeaddrinfo>> owned(found);
  std::array<char, INET_ADDRSTRLEN> text{};
  const auto* address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  ::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
  return text.data();
}

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
      const std::uint32_t target = target_of(url);
      if (spool_) spool_->add(target, url.path);
      ++list_.about.urls;
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", where(), error.what()));
    }
  }

  UrlList finish() {
    if (spool_) list_.spool = spool_->finish();
    list_.about.origins = list_.targets.size();
    list_.about.tls = std::ranges::any_of(list_.targets, &Target::tls);
    return std::move(list_);
  }

 private:
  std::uint32_t target_of(const Url& url) {
    std::string origin = fmt::format("{}://{}:{}", url.tls ? "https" : "http", url.host, url.port);
    const auto known = targets_.find(origin);
    if (known != targets_.end()) return known->second;
    if (list_.targets.size() == kMaxTargets) {
      throw UsageError(
          fmt::format("more than {} different hosts and ports; split the list", kMaxTargets));
    }
    const bool literal = is_literal(url.host);
    list_.targets.push_back({.addresses = {literal ? url.host : address_of(url.host)},
                             .port = url.port,
                             .expected_status = 0,
                             .tls = url.tls,
                             .name = literal ? "" : url.host});
    const auto number = static_cast<std::uint32_t>(list_.targets.size() - 1);
    targets_.emplace(std::move(origin), number);
    return number;
  }

  const std::string& address_of(const std::string& name) {
    const auto known = addresses_.find(name);
    if (known != addresses_.end()) return known->second;
    return addresses_.emplace(name, look_up(name)).first->second;
  }

  std::optional<std::uint64_t> most_;
  UrlList list_;
  std::optional<UrlSpoolWriter> spool_;
  std::map<std::string, std::uint32_t> targets_;  // by scheme://host:port
  std::map<std::string, std::string> addresses_;  // by name
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
    if (!text.empty() && text.front() != '#') collector.add(text, where);
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
  return list;
}

bool is_loopback(const std::string& address) {
  constexpr std::uint32_t kFirstByte = 127;
  in_addr binary{};
  return ::inet_pton(AF_INET, address.c_str(), &binary) == 1 &&
         ntohl(binary.s_addr) >> 24 == kFirstByte;
}

}  // namespace fanout
