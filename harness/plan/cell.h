// One point of the comparison.
#pragma once

#include <string>

#include "wire/http_version.h"

namespace fanout {

// Names, not pointers: a cell outlives the process that ran it.
struct Cell {
  std::string strategy;
  std::string transport;
  std::string stack;
  std::string scenario;
  unsigned workers = 1;
  bool by_other_build = false;  // run by Plan::against instead of this executable
  HttpVersion http = HttpVersion::http1;
  // HTTP/2: to each host, shared by `workers` requests; 0, as in HTTP/1.1: one for each of them.
  unsigned connections = 0;
  bool operator==(const Cell&) const = default;
};

// Whether two cells of a scenario differ in nothing but their workers.
bool is_same_row(const Cell& one, const Cell& other);

// Whether both speak the same version of HTTP, and share as many connections.
bool is_same_protocol(const Cell& one, const Cell& other);

// The connections to one host that its requests take, and how many share one at most.
unsigned connections_to_a_host(const Cell& cell);
unsigned streams_of(const Cell& cell);

// How its requests go out, for tables: "curl_asio", or of HTTP/2 "curl_asio h2 x 4" (over 4
// connections) and "curl_asio h2 x W" (one for each of W requests).
std::string transport_text(const Cell& cell);

// "HTTP/1.1 over 10 connections", "HTTP/2 over 1 connection".
std::string protocol_text(const Cell& cell);

// The transport that its rows are held against where versions of HTTP are: itself, unless it speaks
// HTTP/2 alone (Transport::counterpart).
std::string counterpart_of(const Cell& cell);

// Whether its strategy is an external program (harness/catalogue/program.h).
bool is_external(const Cell& cell);

// Whether it sends anything over a network: not on the transport that only measures fanout itself.
bool has_network(const Cell& cell);

// In messages: "thread_pool / curl_easy / 10 workers".
std::string cell_text(const Cell& cell);

}  // namespace fanout
