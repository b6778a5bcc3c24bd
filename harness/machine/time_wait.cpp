#include "harness/machine/time_wait.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <iterator>
#include <sstream>

#include "harness/machine/proc_files.h"

namespace fanout {
namespace {

// The kernel prints the bytes of an address as numbers of 32 bits.
std::string words_of(const void* address, std::size_t bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes; at += sizeof(std::uint32_t)) {
    std::uint32_t word = 0;
    std::memcpy(&word, static_cast<const char*>(address) + at, sizeof word);
    fmt::format_to(std::back_inserter(text), "{:08X}", word);
  }
  return text;
}

}  // namespace

std::map<std::string, std::uint64_t> time_wait_by_address(const std::string& proc) {
  constexpr const char* kTimeWait = "06";
  std::map<std::string, std::uint64_t> counts;
  for (const char* file : {"/net/tcp", "/net/tcp6"}) {
    std::istringstream lines(proc_file(proc + file));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream fields(line);
      std::string number;
      std::string local;
      std::string remote;
      std::string state;
      fields >> number >> local >> remote >> state;
      if (state == kTimeWait) ++counts[remote];
    }
  }
  return counts;
}

std::string address_key(const std::string& address, std::uint16_t port) {
  in6_addr bytes{};
  std::size_t size = 0;
  if (::inet_pton(AF_INET, address.c_str(), &bytes) == 1) {
    size = sizeof(in_addr);
  } else if (::inet_pton(AF_INET6, address.c_str(), &bytes) == 1) {
    size = sizeof(in6_addr);
  }
  return size == 0 ? std::string() : fmt::format("{}:{:04X}", words_of(&bytes, size), port);
}

std::chrono::seconds time_wait_lasts(bool loopback, const std::string& proc) {
  const std::string ipv4 = proc + "/sys/net/ipv4/";
  const std::int64_t reuse = number_of(proc_file(ipv4 + "tcp_tw_reuse")).value_or(0);
  const bool timestamps = number_of(proc_file(ipv4 + "tcp_timestamps")).value_or(0) != 0;
  const bool sooner = timestamps && (reuse == 1 || (reuse == 2 && loopback));
  return std::chrono::seconds(sooner ? 1 : 60);
}

}  // namespace fanout
