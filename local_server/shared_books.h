// What the ledgers of several loops keep together, because it concerns a moment or a token,
// wherever its requests arrive. All else is counted by each loop for itself and added up at the
// end.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <mutex>

#include "local_server/fault.h"
#include "local_server/token_set.h"

namespace fanout {

// What became of tokens.
struct TokenBook {
  TokenSet seen;
  boost::unordered_flat_set<std::uint64_t> lost;  // those of them that were collateral
  std::array<std::uint64_t, kFaultKinds> faults{};
};

// Any thread may use it. Each part has a cache line of its own.
struct SharedBooks {
  // `tokens_matter`: whether a request that comes again, over another loop's connection, has to be
  // known at once, as it has to where faults are counted once for each token. Else each ledger
  // keeps its own tokens, and those that came to several are found at the end.
  explicit SharedBooks(bool tokens_matter) : shares_tokens(tokens_matter) {}

  static constexpr std::size_t kCacheLine = 64;
  alignas(kCacheLine) std::atomic<std::uint64_t> in_flight = 0;
  alignas(kCacheLine) std::mutex mutex;  // guards the tokens
  TokenBook tokens;
  const bool shares_tokens;
};

}  // namespace fanout
