#include "harness/cell_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace fanout {
namespace {

static_assert(sizeof(CellHeader) % alignof(Sample) == 0);

std::size_t bytes_for(std::size_t requests) {
  return sizeof(CellHeader) + requests * sizeof(Sample);
}

[[noreturn]] void throw_errno(const char* what) {
  throw RunError(fmt::format("shared memory for samples: {}: {}", what, std::strerror(errno)));
}

}  // namespace

CellMemory::CellMemory(std::size_t requests)
    : fd_(::memfd_create("fanout-cell", MFD_CLOEXEC)), requests_(requests) {
  if (!fd_) throw_errno("memfd_create");
  if (::ftruncate(fd_.get(), static_cast<off_t>(bytes_for(requests))) != 0)
    throw_errno("ftruncate");
  map();
}

CellMemory::CellMemory(UniqueFd fd, std::size_t requests)
    : fd_(std::move(fd)), requests_(requests) {
  map();
}

CellMemory::~CellMemory() { ::munmap(memory_, bytes_for(requests_)); }

std::span<Sample> CellMemory::samples() const {
  return {reinterpret_cast<Sample*>(static_cast<char*>(memory_) + sizeof(CellHeader)), requests_};
}

void CellMemory::map() {
  // Populated now, so that no sample costs a page fault in the timed part.
  memory_ = ::mmap(nullptr, bytes_for(requests_), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                   fd_.get(), 0);
  if (memory_ == MAP_FAILED) throw_errno("mmap");
}

}  // namespace fanout
