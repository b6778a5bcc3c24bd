#include "harness/plan/cell.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/catalogue/program.h"
#include "transports/registry.h"

namespace fanout {
bool is_same_protocol(const Cell& one, const Cell& other) {
  return one.http == other.http && one.connections == other.connections;
}

bool is_same_row(const Cell& one, const Cell& other) {
  return one.strategy == other.strategy && one.transport == other.transport &&
         is_same_protocol(one, other);
}

unsigned connections_to_a_host(const Cell& cell) {
  return cell.connections == 0 ? cell.workers : cell.connections;
}

unsigned streams_of(const Cell& cell) {
  const unsigned connections = connections_to_a_host(cell);
  return (cell.workers + connections - 1) / connections;
}

std::string transport_text(const Cell& cell) {
  if (cell.http == HttpVersion::http1) return cell.transport;
  const std::string count = cell.connections == 0 ? "W" : std::to_string(cell.connections);
  return fmt::format("{} h2 x {}", cell.transport, count);
}

std::string protocol_text(const Cell& cell) {
  return fmt::format("HTTP/{} over {}", enum_name(cell.http, kHttpVersionNames),
                     counted(connections_to_a_host(cell), "connection"));
}

std::string counterpart_of(const Cell& cell) {
  const auto row = std::ranges::find(transports(), cell.transport, &Transport::name);
  const bool alone = row != transports().end() && !(*row)->counterpart.empty();
  return alone ? std::string((*row)->counterpart) : cell.transport;
}

bool is_external(const Cell& cell) { return cell.stack == kOwnStack; }

bool has_network(const Cell& cell) { return cell.stack != kNoStack; }

std::string cell_text(const Cell& cell) {
  return fmt::format("{} / {} / {}", cell.strategy, transport_text(cell),
                     counted(cell.workers, "worker"));
}

}  // namespace fanout
