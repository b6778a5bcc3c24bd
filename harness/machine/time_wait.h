// Local ports that earlier connections still hold. The side that closes a connection first keeps
// its port in TIME_WAIT (RFC 9293, 3.3.2): no further connection to the same address can have it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace fanout {

// Sockets in TIME_WAIT, by the address that they were connected to, in the form of address_key().
std::map<std::string, std::uint64_t> time_wait_by_address(const std::string& proc = "/proc");

// An IPv4 or IPv6 address with a port as /proc/net/tcp has it: "0100007F:1F90" for 127.0.0.1:8080.
// Empty for a text that is no such address.
std::string address_key(const std::string& address, std::uint16_t port);

// How long a port is held before a new connection to the same address may have it: 60 s, or 1 s
// where the kernel lets it be taken sooner (net.ipv4.tcp_tw_reuse: 1 everywhere, 2 on loopback).
std::chrono::seconds time_wait_lasts(bool loopback, const std::string& proc = "/proc");

}  // namespace fanout
