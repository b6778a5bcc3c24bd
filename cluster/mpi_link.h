// Texts between the ranks of MPI. Nothing here waits inside MPI: each call asks whether it is done,
// and lets its caller do something, such as sleep, until it is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace fanout {

// Called again and again while there is nothing to do. May throw: the message is lost then, and no
// other may be exchanged with that rank.
using Idle = std::function<void()>;

// Sleeps for a millisecond.
void nap();

void send_text(int rank, const std::string& text, const Idle& idle);
std::string receive_text(int rank, const Idle& idle);

// How far this rank's clock is ahead of ours, by the quickest of some exchanges; it has to be in
// answer_clock() or on its way there.
struct ClockOffset {
  std::int64_t ahead_ns = 0;
  std::int64_t error_ns = 0;  // at most so far from the truth: half of that exchange
};
ClockOffset compare_clock(int rank, const Idle& idle);
// The other side: tells rank 0 the time, as often as it asks.
void answer_clock();

}  // namespace fanout
