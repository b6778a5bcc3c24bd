// The requests of a job, as a strategy sees them: by index, and in their order.
#pragma once

#include <cstddef>
#include <span>

#include "strategies/long_list.h"
#include "transports/transport.h"

namespace fanout {

// A view: what it shows is borrowed. A request is valid until it has ended.
class Requests {
 public:
  class Iterator {
   public:
    Iterator(const Requests& requests, std::size_t index) : requests_(requests), index_(index) {}
    const Request& operator*() const { return requests_[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Requests& requests_;
    std::size_t index_;
  };

  explicit Requests(std::span<const Request> all) : all_(all), size_(all.size()) {}
  explicit Requests(LongList& list) : list_(&list), size_(list.size()) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  const Request& operator[](std::size_t index) const {
    return list_ == nullptr ? all_[index] : list_->at(index);
  }
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

 private:
  std::span<const Request> all_;
  LongList* list_ = nullptr;  // null: all are there
  std::size_t size_;
};

}  // namespace fanout
