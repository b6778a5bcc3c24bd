// The tokens that requests brought, exactly: those of a run's first attempts, of which it is known
// which there can be, in a bit each, and all others in a hash set.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <vector>

#include "local_server/behaviour.h"

namespace fanout {

class TokenSet {
 public:
  // Keeps a bit for each of these. REQUIRED: none was inserted yet.
  void expect(const FirstTokens& first);
  // False if it is there already.
  bool insert(std::uint64_t token);
  // Inserts all that are in another, which expects the same; returns how many were there already.
  std::uint64_t merge(const TokenSet& other);

 private:
  FirstTokens first_{};
  std::vector<std::uint64_t> bits_;  // bit i: the token of request i
  boost::unordered_flat_set<std::uint64_t> others_;
};

}  // namespace fanout
