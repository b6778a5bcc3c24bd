#include "cluster/mpi_link.h"

#include <mpi.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "base/clock.h"

namespace fanout {
namespace {

constexpr int kTextTag = 1;
constexpr int kClockTag = 2;
constexpr int kExchanges = 20;
constexpr std::size_t kPiece = std::size_t{1} << 28;  // MPI counts in int

void finish(MPI_Request request, const Idle& idle) {
  for (int done = 0;;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done != 0) return;
    idle();
  }
}

void send_bytes(int rank, int tag, const void* bytes, std::size_t size, const Idle& idle) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Isend(bytes, static_cast<int>(size), MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request);
  finish(request, idle);
}

void receive_bytes(int rank, int tag, void* bytes, std::size_t size, const Idle& idle) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Irecv(bytes, static_cast<int>(size), MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request);
  finish(request, idle);
}

// The size of each piece of so many bytes, with where it begins.
template <class Visit>
void each_piece(std::size_t bytes, Visit visit) {
  for (std::size_t at = 0; at < bytes; at += kPiece) visit(at, std::min(kPiece, bytes - at));
}

// An exchange of clocks is too short to sleep in.
void give_way() { ::sched_yield(); }

}  // namespace

void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

void send_text(int rank, const std::string& text, const Idle& idle) {
  const std::uint64_t size = text.size();
  send_bytes(rank, kTextTag, &size, sizeof size, idle);
  each_piece(text.size(), [&](std::size_t at, std::size_t bytes) {
    send_bytes(rank, kTextTag, text.data() + at, bytes, idle);
  });
}

std::string receive_text(int rank, const Idle& idle) {
  std::uint64_t size = 0;
  receive_bytes(rank, kTextTag, &size, sizeof size, idle);
  std::string text(size, '\0');
  each_piece(text.size(), [&](std::size_t at, std::size_t bytes) {
    receive_bytes(rank, kTextTag, text.data() + at, bytes, idle);
  });
  return text;
}

ClockOffset compare_clock(int rank, const Idle& idle) {
  ClockOffset best{.ahead_ns = 0, .error_ns = std::numeric_limits<std::int64_t>::max()};
  for (int i = 0; i < kExchanges; ++i) {
    std::int64_t theirs_ns = 0;
    const std::int64_t sent_ns = now_ns();
    const Idle until_long = [&] {
      // Somebody who does not answer at once is waited for as by everyone.
      now_ns() - sent_ns < 10'000'000 ? give_way() : idle();
    };
    send_bytes(rank, kClockTag, &sent_ns, sizeof sent_ns, until_long);
    receive_bytes(rank, kClockTag, &theirs_ns, sizeof theirs_ns, until_long);
    const std::int64_t back_ns = now_ns();
    const std::int64_t error_ns = (back_ns - sent_ns + 1) / 2;
    if (error_ns < best.error_ns) best = {theirs_ns - (sent_ns + error_ns), error_ns};
  }
  return best;
}

void answer_clock() {
  for (int i = 0; i < kExchanges; ++i) {
    std::int64_t asked = 0;
    receive_bytes(0, kClockTag, &asked, sizeof asked, give_way);
    const std::int64_t time_ns = now_ns();
    send_bytes(0, kClockTag, &time_ns, sizeof time_ns, give_way);
  }
}

}  // namespace fanout
