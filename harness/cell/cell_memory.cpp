#include "harness/cell/cell_memory.h"

#include <sys/mman.h>

#include "base/error.h"
#include "base/file.h"
#include "strategies/long_list.h"

namespace fanout {

CellMemory::CellMemory(std::size_t requests, std::size_t tally_slots)
    : fd_(memory_file("fanout-cell")), requests_(requests), tally_slots_(tally_slots) {
  if (!fd_) throw_errno("shared memory for samples: memfd_create");
  if (::ftruncate(fd_.get(), static_cast<off_t>(bytes())) != 0) {
    throw_errno("shared memory for samples: ftruncate");
  }
  map();
}

std::size_t CellMemory::tally_slots_for(unsigned workers) { return LongList::slots_for(workers); }

CellMemory::CellMemory(UniqueFd fd, std::size_t requests, std::size_t tally_slots)
    : fd_(std::move(fd)), requests_(requests), tally_slots_(tally_slots) {
  map();
}

CellMemory::~CellMemory() { ::munmap(memory_, bytes()); }

std::span<Sample> CellMemory::samples() const {
  if (tally_slots_ > 0) return {};
  return {static_cast<Sample*>(behind_layout()), requests_};
}

std::optional<Tally> CellMemory::tally() const {
  if (tally_slots_ == 0) return std::nullopt;
  return Tally(behind_layout(), requests_, tally_slots_);
}

Samples CellMemory::outcomes() const {
  const auto tallied = tally();
  return tallied ? Samples(*tallied) : Samples(samples());
}

std::size_t CellMemory::bytes() const {
  return sizeof(Layout) +
         (tally_slots_ > 0 ? Tally::bytes(requests_, tally_slots_) : requests_ * sizeof(Sample));
}

void CellMemory::map() {
  // Populated now, so that no sample costs a page fault in the timed part.
  memory_ =
      ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_.get(), 0);
  if (memory_ == MAP_FAILED) throw_errno("shared memory for samples: mmap");
}

}  // namespace fanout
