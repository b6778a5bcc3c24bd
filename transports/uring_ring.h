// An io_uring as the transport `uring` needs it: entries are handed over many at once, and what is
// received lies in buffers that the kernel takes from a ring of them. Private to uring*.cpp.
#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fanout {

// Why no such ring can be made on this machine, and what to do about that; "": one can.
std::string uring_fault();

class UringRing {
 public:
  // For about this many requests at once. Throws RunError if there can be no ring.
  explicit UringRing(unsigned slots);
  UringRing(const UringRing&) = delete;
  UringRing& operator=(const UringRing&) = delete;
  ~UringRing();

  // From its first call on the ring belongs to the calling thread: the kernel lets no other use it.
  // To be called before anything below.
  void enable();

  // The next entry, to be filled in by the io_uring_prep_ functions. `about` comes back with each
  // of its completions.
  template <class Prepare>
  io_uring_sqe& add(std::uint64_t about, Prepare prepare) {
    io_uring_sqe& entry = next();
    prepare(&entry);
    io_uring_sqe_set_data64(&entry, about);
    return entry;
  }
  // Adds an entry that completes whenever something is received, until IORING_CQE_F_MORE is absent.
  void add_receive(std::uint64_t about, int fd);

  // Hands all entries over to the kernel, which takes them in their order, and waits until there
  // are so many completions. Throws RunError if the kernel refuses: a mistake of ours.
  void submit_and_wait(unsigned completions);

  // Calls visit(completion, bytes) for each completion that there is. The bytes are what was
  // received, if anything, and borrowed for the call.
  template <class Visit>
  void take_completions(Visit visit) {
    unsigned head = 0;
    unsigned taken = 0;
    int given_back = 0;
    io_uring_cqe* completion = nullptr;
    io_uring_for_each_cqe(&ring_, head, completion) {
      ++taken;
      if ((completion->flags & IORING_CQE_F_BUFFER) == 0) {
        visit(*completion, std::string_view());
        continue;
      }
      const auto number = static_cast<std::uint16_t>(completion->flags >> IORING_CQE_BUFFER_SHIFT);
      visit(*completion, {buffer(number), static_cast<std::size_t>(completion->res)});
      give_back(number, given_back++);
    }
    io_uring_buf_ring_advance(free_, given_back);
    io_uring_cq_advance(&ring_, taken);
  }

 private:
  struct Unmap {
    std::size_t bytes;
    void operator()(char* memory) const;
  };

  io_uring_sqe& next();
  [[nodiscard]] char* buffer(unsigned number) const;
  void give_back(std::uint16_t number, int after);

  io_uring ring_{};
  unsigned buffers_;  // a power of two
  // The ring of free buffers, then the buffers. Pages that are never received into cost nothing.
  std::unique_ptr<char, Unmap> memory_;
  io_uring_buf_ring* free_ = nullptr;
  bool enabled_ = false;
};

}  // namespace fanout
