// The idle connections of a blocking client.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

namespace fanout {

// At most one connection to each target, and no more than `most` in all: the one that is idle
// longest makes room. A connection that is taken for a request is not among them.
template <class Connection>
class KeptConnections {
 public:
  explicit KeptConnections(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {}

  [[nodiscard]] std::size_t size() const { return by_age_.size(); }

  // Hands over the connection to this target, if there is one.
  std::optional<Connection> take(std::uint32_t target) {
    const auto found = by_target_.find(target);
    if (found == by_target_.end()) return std::nullopt;
    std::optional<Connection> taken(std::move(found->second->connection));
    by_age_.erase(found->second);
    by_target_.erase(found);
    return taken;
  }

  // Keeps the connection. REQUIRED: none to this target is kept.
  void keep(std::uint32_t target, Connection connection) {
    if (by_age_.size() == most_) {
      by_target_.erase(by_age_.front().target);
      by_age_.pop_front();
    }
    by_age_.push_back({target, std::move(connection)});
    by_target_[target] = std::prev(by_age_.end());
  }

 private:
  struct Kept {
    std::uint32_t target;
    Connection connection;
  };

  std::size_t most_;
  std::list<Kept> by_age_;  // the one that is idle longest first
  std::unordered_map<std::uint32_t, typename std::list<Kept>::iterator> by_target_;
};

}  // namespace fanout
