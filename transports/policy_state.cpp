#include "transports/policy_state.h"

#include <sys/mman.h>

#include <new>

#include "base/error.h"

namespace fanout {

HostGates::HostGates(std::size_t hosts, unsigned places) : hosts_(hosts) {
  void* const memory = ::mmap(nullptr, hosts * sizeof(Gate), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw_errno("shared memory for hosts: mmap");
  gates_ = static_cast<Gate*>(memory);
  for (std::size_t i = 0; i < hosts; ++i) {
    ::new (&gates_[i]) Gate{};
    constexpr int kShared = 1;
    ::sem_init(&gates_[i].places, kShared, places);
  }
}

HostGates::~HostGates() {
  for (std::size_t i = 0; i < hosts_; ++i) ::sem_destroy(&gates_[i].places);
  ::munmap(gates_, hosts_ * sizeof(Gate));
}

}  // namespace fanout
