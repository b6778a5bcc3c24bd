#include "strategies/tally.h"

#include <sched.h>

#include <algorithm>

namespace fanout {
namespace {

// The bits of a request: one that something happened to it more than once, or in the wrong order,
// and in the others where it stands.
constexpr std::uint16_t kRepeated = 0x8000;
constexpr std::uint16_t kUntouched = 0;
constexpr std::uint16_t kStarted = 1;
constexpr std::uint16_t kLost = 2;
constexpr std::uint16_t kFirstEnd = 3;  // + the number of its end
static_assert(kFirstEnd + Tally::kMostEnds <= kRepeated);

constexpr std::uint16_t standing(std::uint16_t code) {
  return static_cast<std::uint16_t>(code & ~kRepeated);
}

// Sets `code` to what `next` makes of it; returns what it was.
std::uint16_t change(std::atomic<std::uint16_t>& code, auto next) {
  std::uint16_t was = code.load(std::memory_order_relaxed);
  while (!code.compare_exchange_weak(was, next(was), std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
  }
  return was;
}

std::size_t mixed(const Sample& sample) {
  std::uint64_t bits = sample.retried * 0x9e3779b97f4a7c15ULL;
  bits ^= std::uint64_t{sample.status} << 32 | std::uint64_t{sample.words} << 24 |
          std::uint64_t{sample.attempts} << 16 | static_cast<std::uint64_t>(sample.outcome) << 8 |
          (sample.connected ? 4U : 0U) | (sample.hedged ? 2U : 0U) | (sample.hedge_won ? 1U : 0U);
  bits *= 0xbf58476d1ce4e5b9ULL;
  return bits ^ (bits >> 32);
}

}  // namespace

std::size_t Tally::fixed_bytes() { return sizeof(Fixed); }

std::size_t Tally::bytes(std::size_t requests, std::size_t slots) {
  return sizeof(Fixed) + slots * sizeof(Slot) + requests * sizeof(std::atomic<std::uint16_t>);
}

Tally::Tally(void* memory, std::size_t requests, std::size_t slots)
    : fixed_(static_cast<Fixed*>(memory)) {
  static_assert(sizeof(Fixed) % alignof(Slot) == 0);
  auto* at = static_cast<char*>(memory) + sizeof(Fixed);
  slots_ = {reinterpret_cast<Slot*>(at), slots};
  at += slots_.size_bytes();
  codes_ = {reinterpret_cast<std::atomic<std::uint16_t>*>(at), requests};
}

void Tally::start(std::uint32_t index, std::int64_t now_ns) {
  own_part().first_start_ns.note(now_ns);
  change(codes_[index], [](std::uint16_t code) -> std::uint16_t {
    return code | (standing(code) == kUntouched ? kStarted : kRepeated);
  });
}

void Tally::end(std::uint32_t index, std::int64_t start_ns, std::int64_t end_ns,
                const Response& response) {
  Sample ended{.starts = 1, .finishes = 1};
  note_end(ended, response);
  ended.body_bytes = 0;
  const std::uint16_t place = code_of(ended);
  const std::uint16_t was = change(codes_[index], [&](std::uint16_t code) -> std::uint16_t {
    if (standing(code) != kStarted) return code | kRepeated;
    return static_cast<std::uint16_t>((code & kRepeated) | place);
  });
  if (standing(was) != kStarted) return;
  Part& part = own_part();
  part.last_end_ns.note(end_ns);
  if (response.outcome == Outcome::deadline) part.first_given_up_ns.note(end_ns);
  if (place == kLost) fixed_->lost.fetch_add(1, std::memory_order_relaxed);
  if (response.outcome != Outcome::ok) return;
  part.service_times.add(end_ns - start_ns);
  part.body_bytes.fetch_add(response.body_bytes, std::memory_order_relaxed);
}

bool Tally::is_untouched(std::uint32_t index) const {
  return codes_[index].load(std::memory_order_acquire) == kUntouched;
}

bool Tally::is_under_way(std::uint32_t index) const {
  return standing(codes_[index].load(std::memory_order_acquire)) == kStarted;
}

bool Tally::has_ended(std::uint32_t index) const {
  return standing(codes_[index].load(std::memory_order_acquire)) >= kLost;
}

Sample Tally::at(std::size_t index) const {
  const std::uint16_t code = codes_[index].load(std::memory_order_acquire);
  const std::uint16_t place = standing(code);
  const auto times = static_cast<std::uint8_t>(code == place ? 1 : 2);
  if (place == kUntouched) return {.finishes = static_cast<std::uint8_t>(times - 1)};
  if (place < kFirstEnd) return {.starts = times};
  Sample sample = fixed_->ends[place - kFirstEnd].sample;
  sample.starts = sample.finishes = times;
  if (sample.outcome == Outcome::deadline) {
    sample.end_ns = Least::kNothing;
    for (const Part& part : fixed_->parts) {
      sample.end_ns = std::min(sample.end_ns, part.first_given_up_ns.value());
    }
  }
  return sample;
}

Histogram Tally::service_times() const {
  Histogram all;
  for (const Part& part : fixed_->parts) all.merge(part.service_times.read());
  return all;
}

std::uint64_t Tally::body_bytes() const {
  std::uint64_t sum = 0;
  for (const Part& part : fixed_->parts) sum += part.body_bytes.load();
  return sum;
}

std::int64_t Tally::first_start_ns() const {
  std::int64_t first = Least::kNothing;
  for (const Part& part : fixed_->parts) first = std::min(first, part.first_start_ns.value());
  return first;
}

std::int64_t Tally::last_end_ns() const {
  std::int64_t last = 0;
  for (const Part& part : fixed_->parts) last = std::max(last, part.last_end_ns.value());
  return last;
}

std::uint64_t Tally::lost() const { return fixed_->lost.load(); }

Tally::Part& Tally::own_part() const {
  return fixed_->parts[static_cast<unsigned>(::sched_getcpu()) % kParts];
}

// Whoever meets an end that another is writing down writes it once more: nobody waits.
std::uint16_t Tally::code_of(const Sample& sample) const {
  for (std::size_t i = 0, at = mixed(sample); i < kMostEnds; ++i, ++at) {
    End& end = fixed_->ends[at % kMostEnds];
    Written written = end.written.load(std::memory_order_acquire);
    if (written == Written::no &&
        end.written.compare_exchange_strong(written, Written::begun, std::memory_order_acq_rel)) {
      end.sample = sample;
      end.written.store(Written::done, std::memory_order_release);
      written = Written::done;
    }
    if (written == Written::done && end.sample == sample) {
      return static_cast<std::uint16_t>(kFirstEnd + at % kMostEnds);
    }
  }
  return kLost;
}

}  // namespace fanout
