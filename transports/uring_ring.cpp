#include "transports/uring_ring.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.h"

namespace fanout {
namespace {

constexpr unsigned kEntries = 256;  // handed over at once at most
constexpr unsigned kMostCompletions = 32 * 1024;
constexpr unsigned kLeastBuffers = 16;
constexpr unsigned kMostBuffers = 256;
constexpr std::size_t kBufferBytes = 16 * 1024;
constexpr std::size_t kPage = 4096;
constexpr std::uint16_t kBufferGroup = 0;

// Makes a ring that belongs to no thread yet. Returns 0 or an errno.
int make(io_uring& ring, unsigned completions) {
  io_uring_params how{};
  how.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED |
              IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  how.cq_entries = completions;
  return -io_uring_queue_init_params(kEntries, &ring, &how);
}

// All may complete at the same moment.
unsigned completions_for(unsigned slots) {
  return std::bit_ceil(std::clamp(2 * slots, 2 * kEntries, kMostCompletions));
}

std::size_t free_ring_bytes(unsigned buffers) {
  const std::size_t bytes = buffers * sizeof(io_uring_buf);
  return (bytes + kPage - 1) / kPage * kPage;
}

}  // namespace

std::string uring_fault() {
  io_uring ring{};
  const int error = make(ring, 2 * kEntries);
  switch (error) {
    case 0:
      io_uring_queue_exit(&ring);
      return {};
    case EPERM:
      return "io_uring is forbidden here: set kernel.io_uring_disabled to 0, and in a container "
             "allow it (--security-opt seccomp=unconfined)";
    case ENOSYS:
      return "there is no io_uring here: the kernel has none, or a container hides it "
             "(--security-opt seccomp=unconfined)";
    case EINVAL:
      return "io_uring of this kernel is too old; use Linux 6.1 or later";
    default:
      return "io_uring cannot be used here: " + std::generic_category().message(error);
  }
}

void UringRing::Unmap::operator()(char* memory) const { ::munmap(memory, bytes); }

UringRing::UringRing(unsigned slots)
    : buffers_(std::clamp(std::bit_ceil(2 * slots), kLeastBuffers, kMostBuffers)) {
  const std::size_t bytes = free_ring_bytes(buffers_) + buffers_ * kBufferBytes;
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw_errno("memory to receive into");
  memory_ = {static_cast<char*>(memory), Unmap{bytes}};
  free_ = static_cast<io_uring_buf_ring*>(memory);

  errno = make(ring_, completions_for(slots));
  if (errno != 0) throw_errno("io_uring");
  io_uring_buf_reg free{};
  free.ring_addr = reinterpret_cast<std::uintptr_t>(free_);
  free.ring_entries = buffers_;
  free.bgid = kBufferGroup;
  errno = -io_uring_register_buf_ring(&ring_, &free, 0);
  if (errno != 0) {
    io_uring_queue_exit(&ring_);
    throw_errno("buffers of io_uring");
  }
  io_uring_buf_ring_init(free_);
  for (unsigned i = 0; i < buffers_; ++i)
    give_back(static_cast<std::uint16_t>(i), static_cast<int>(i));
  io_uring_buf_ring_advance(free_, static_cast<int>(buffers_));
}

UringRing::~UringRing() { io_uring_queue_exit(&ring_); }

void UringRing::enable() {
  if (enabled_) return;
  // liburing 2.3 declares io_uring_enable_rings(), and does not export it.
  const auto fd = static_cast<unsigned>(ring_.ring_fd);
  errno = -io_uring_register(fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
  if (errno != 0) throw_errno("io_uring");
  enabled_ = true;
}

io_uring_sqe& UringRing::next() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  while (entry == nullptr) {
    submit_and_wait(0);
    entry = io_uring_get_sqe(&ring_);
  }
  return *entry;
}

void UringRing::add_receive(std::uint64_t about, int fd) {
  io_uring_sqe& entry = add(about, [fd](io_uring_sqe* receive) {
    io_uring_prep_recv_multishot(receive, fd, nullptr, 0, 0);
  });
  entry.flags |= IOSQE_BUFFER_SELECT;
  entry.buf_group = kBufferGroup;
  entry.ioprio |= IORING_RECVSEND_POLL_FIRST;  // what was just asked for has not come yet
}

// An interrupted call may leave entries behind. They name descriptors, and so must not stay there
// while connections are closed.
void UringRing::submit_and_wait(unsigned completions) {
  do {
    const int result = io_uring_submit_and_wait(&ring_, completions);
    if (result >= 0 || result == -EINTR || result == -EAGAIN) continue;
    errno = -result;
    throw_errno("io_uring");
  } while (io_uring_sq_ready(&ring_) > 0);
}

char* UringRing::buffer(unsigned number) const {
  return memory_.get() + free_ring_bytes(buffers_) + number * kBufferBytes;
}

void UringRing::give_back(std::uint16_t number, int after) {
  io_uring_buf_ring_add(free_, buffer(number), kBufferBytes, number,
                        io_uring_buf_ring_mask(buffers_), after);
}

}  // namespace fanout
