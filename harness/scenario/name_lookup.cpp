#include "harness/scenario/name_lookup.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "base/deleter.h"
#include "base/units.h"
#include "transports/tcp_connect.h"

namespace fanout {
namespace {

constexpr std::size_t kLookUpsAtOnce = 32;

struct Found {
  std::vector<std::string> addresses;
  std::string unresolved;  // why there are none
};

bool is_literal(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

// The address as text; nothing for one that needs the name of a network interface.
std::string text_of(const addrinfo& found) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (found.ai_family == AF_INET) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(found.ai_addr);
    ::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
  } else if (found.ai_family == AF_INET6) {
    const auto* address = reinterpret_cast<const sockaddr_in6*>(found.ai_addr);
    if (address->sin6_scope_id != 0) return {};
    ::inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size());
  }
  return text.data();
}

// Without AI_ADDRCONFIG, like curl: where only the loopback has IPv6, it would hide ::1.
Found look_up(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int code = ::getaddrinfo(name.c_str(), nullptr, &wanted, &first);
  if (code != 0) return {.addresses = {}, .unresolved = ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, Deleter<&::freeaddrinfo>> owned(first);
  Found found;
  for (const addrinfo* next = first; next != nullptr; next = next->ai_next) {
    std::string text = text_of(*next);
    const bool known = std::ranges::find(found.addresses, text) != found.addresses.end();
    if (!text.empty() && !known) found.addresses.push_back(std::move(text));
  }
  if (found.addresses.empty()) found.unresolved = "only addresses of another kind are known";
  return found;
}

// Looks names up, several at once.
class LookUp {
 public:
  explicit LookUp(std::vector<std::string> names)
      : names_(std::move(names)), found_(names_.size()) {}

  std::map<std::string, Found> run(bool progress) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(names_.size(), kLookUpsAtOnce); ++i) {
      threads.emplace_back([this] { work(); });
    }
    wait(progress);
    threads.clear();
    std::map<std::string, Found> all;
    for (std::size_t i = 0; i < names_.size(); ++i) all.emplace(names_[i], std::move(found_[i]));
    return all;
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < names_.size(); i = next_++) {
      found_[i] = look_up(names_[i]);
      const std::lock_guard lock(mutex_);
      if (++done_ == names_.size()) all_done_.notify_one();
    }
  }

  void wait(bool progress) {
    std::unique_lock lock(mutex_);
    const auto complete = [this] { return done_ == names_.size(); };
    while (!all_done_.wait_for(lock, std::chrono::seconds(1), complete)) {
      if (!progress) continue;
      fmt::print(stderr, "looking up names: {} of {}\n", format_count(done_),
                 format_count(names_.size()));
    }
  }

  const std::vector<std::string> names_;
  std::vector<Found> found_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable all_done_;
  std::size_t done_ = 0;
};

const Resolve* find_known(const std::vector<Resolve>& known, const Target& target) {
  const auto found = std::ranges::find_if(known, [&](const Resolve& entry) {
    return (entry.name == "*" || entry.name == target.name) &&
           entry.port.value_or(target.port) == target.port;
  });
  return found == known.end() ? nullptr : &*found;
}

bool needs_look_up(const Target& target) {
  return target.addresses.empty() && target.unix_socket.empty();
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

}  // namespace

std::optional<Resolve> parse_resolve(const std::string& text) {
  const std::size_t name_end = text.find(':');
  if (name_end == std::string::npos || name_end == 0) return std::nullopt;
  const std::size_t port_end = text.find(':', name_end + 1);
  if (port_end == std::string::npos) return std::nullopt;
  Resolve entry{.name = lower(text.substr(0, name_end)), .port = {}, .addresses = {}};
  const std::string port = text.substr(name_end + 1, port_end - name_end - 1);
  if (port != "*") {
    const auto number = parse_count(port);
    if (!number || *number < 1 || *number > 65535) return std::nullopt;
    entry.port = static_cast<std::uint16_t>(*number);
  }
  for (std::size_t begin = port_end + 1; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string address = text.substr(begin, end - begin);
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    if (!is_literal(address)) return std::nullopt;
    entry.addresses.push_back(std::move(address));
    begin = end + 1;
  }
  return entry;
}

Target target_of(const Url& url) {
  Target target{.addresses = {}, .port = url.port, .tls = url.tls, .name = url.host};
  target.unix_socket = url.unix_socket;
  if (is_literal(url.host)) target.addresses.push_back(std::exchange(target.name, ""));
  return target;
}

void look_up_names(std::vector<Target>& targets, const std::vector<Resolve>& known, bool progress) {
  std::vector<std::string> names;
  for (Target& target : targets) {
    if (!needs_look_up(target)) continue;
    if (const Resolve* entry = find_known(known, target)) {
      target.addresses = entry->addresses;
    } else {
      names.push_back(target.name);
    }
  }
  if (names.empty()) return;
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::map<std::string, Found> found = LookUp(std::move(names)).run(progress);
  for (Target& target : targets) {
    if (!needs_look_up(target)) continue;
    target.addresses = found.at(target.name).addresses;
    target.unresolved = found.at(target.name).unresolved;
  }
}

bool on_this_machine(const Target& target) {
  return std::ranges::all_of(target.addresses, is_loopback);
}

bool is_loopback(const std::string& address) {
  return is_literal(address) && is_on_this_machine(socket_address({.addresses = {address}}));
}

}  // namespace fanout
