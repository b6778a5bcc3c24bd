// How attempts ended that were made again, in the eight bytes of Response::retried.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "transports/transport.h"

namespace fanout {

// The statuses after which an attempt is made again, each with an outcome after which none is, and
// whose number so stands for it in Response::retried.
struct RetriedStatus {
  std::uint16_t status;
  Outcome stand_in;
};
inline constexpr std::array<RetriedStatus, 4> kRetriedStatuses{{{429, Outcome::ok},
                                                                {502, Outcome::deadline},
                                                                {503, Outcome::bad_length},
                                                                {504, Outcome::bad_token}}};
constexpr bool is_retried_status(unsigned status) {
  return std::ranges::find(kRetriedStatuses, status, &RetriedStatus::status) !=
         kRetriedStatuses.end();
}

// How an attempt ended that was made again; `status` is of those that ended as bad_status.
struct RetriedAttempt {
  Outcome outcome = Outcome::none;
  std::uint16_t status = 0;
};
// The ends of attempts that were made again, packed to be measured without allocating: that of the
// k-th is in the k-th four bits.
constexpr std::uint64_t note_attempt(std::uint64_t retried, unsigned k, RetriedAttempt attempt) {
  Outcome code = attempt.outcome;
  for (const RetriedStatus& one : kRetriedStatuses) {
    if (code == Outcome::bad_status && attempt.status == one.status) code = one.stand_in;
  }
  return retried | (static_cast<std::uint64_t>(code) << (4 * k));
}
constexpr RetriedAttempt retried_attempt(std::uint64_t retried, unsigned k) {
  const auto code = static_cast<Outcome>((retried >> (4 * k)) & 0xf);
  for (const RetriedStatus& one : kRetriedStatuses) {
    if (code == one.stand_in) return {Outcome::bad_status, one.status};
  }
  return {code, 0};
}

}  // namespace fanout
