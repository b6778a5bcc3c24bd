// What became of the requests of a run, by index: a sample of each, or what a tally of a long list
// kept of it (strategies/tally.h), which has no times of single requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "strategies/sample.h"
#include "strategies/tally.h"

namespace fanout {

// A view: what it shows is borrowed. Processes may still be writing that.
class Samples {
 public:
  // An input iterator: samples are made when they are read.
  class Iterator {
   public:
    using value_type = Sample;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    Iterator(const Samples& samples, std::size_t index) : samples_(&samples), index_(index) {}
    Sample operator*() const { return (*samples_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    void operator++(int) { ++index_; }
    bool operator==(const Iterator&) const = default;

   private:
    const Samples* samples_ = nullptr;
    std::size_t index_ = 0;
  };

  Samples() = default;
  Samples(std::span<const Sample> each) : each_(each), size_(each.size()) {}
  Samples(const std::vector<Sample>& each) : Samples(std::span(each)) {}
  explicit Samples(const Tally& tally) : tally_(tally), size_(tally.size()) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Sample operator[](std::size_t index) const {
    return tally_ ? tally_->at(index) : each_[index];
  }
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

  // Nothing: there is a sample of each.
  [[nodiscard]] const std::optional<Tally>& tally() const { return tally_; }
  // Whether the request has ended: then its sample is whole. While processes write them, too.
  [[nodiscard]] bool has_ended(std::size_t index) const;
  // When the first was started; Least::kNothing: none was.
  [[nodiscard]] std::int64_t first_start_ns() const;

 private:
  std::span<const Sample> each_;
  std::optional<Tally> tally_;
  std::size_t size_ = 0;
};

}  // namespace fanout
