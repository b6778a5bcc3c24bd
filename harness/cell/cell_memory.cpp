#include "harness/cell/cell_memory.h"

#include <sys/mman.h>

#include "base/error.h"
#include "base/file.h"

namespace fanout {

CellMemory::CellMemory(std::size_t requests)
    : fd_(memory_file("fanout-cell")), requests_(requests) {
  if (!fd_) throw_errno("shared memory for samples: memfd_create");
  if (::ftruncate(fd_.get(), static_cast<off_t>(bytes())) != 0) {
    throw_errno("shared memory for samples: ftruncate");
  }
  map();
}

CellMemory::CellMemory(UniqueFd fd, std::size_t requests)
    : fd_(std::move(fd)), requests_(requests) {
  map();
}

CellMemory::~CellMemory() { ::munmap(memory_, bytes()); }

std::span<Sample> CellMemory::samples() const {
  static_assert(sizeof(Layout) % alignof(Sample) == 0);
  return {reinterpret_cast<Sample*>(static_cast<char*>(memory_) + sizeof(Layout)), requests_};
}

void CellMemory::map() {
  // Populated now, so that no sample costs a page fault in the timed part.
  memory_ =
      ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_.get(), 0);
  if (memory_ == MAP_FAILED) throw_errno("shared memory for samples: mmap");
}

}  // namespace fanout
