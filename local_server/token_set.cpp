#include "local_server/token_set.h"

#include <bit>

#include "wire/token.h"

namespace fanout {
namespace {

constexpr std::uint64_t kWordBits = 64;

}  // namespace

void TokenSet::expect(const FirstTokens& first) {
  first_ = first;
  bits_.resize((first.count + kWordBits - 1) / kWordBits);
}

bool TokenSet::insert(std::uint64_t token) {
  const std::uint64_t index = index_of_token(first_.seed, token);
  if (index >= first_.count) return others_.insert(token).second;
  std::uint64_t& word = bits_[index / kWordBits];
  const std::uint64_t bit = std::uint64_t{1} << (index % kWordBits);
  const bool is_new = (word & bit) == 0;
  word |= bit;
  return is_new;
}

std::uint64_t TokenSet::merge(const TokenSet& other) {
  std::uint64_t met = 0;
  for (std::size_t i = 0; i < other.bits_.size(); ++i) {
    met += static_cast<std::uint64_t>(std::popcount(bits_[i] & other.bits_[i]));
    bits_[i] |= other.bits_[i];
  }
  for (const std::uint64_t token : other.others_) met += others_.insert(token).second ? 0 : 1;
  return met;
}

}  // namespace fanout
