// A first-in first-out queue between threads that holds at most `capacity` items.
//
// All members may be called from any thread. A producer that found the queue full is woken when it
// is half empty, not at every free place: one context switch per half queue instead of one per
// item.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace fanout {

template <class T>
class BoundedQueue {
 public:
  // capacity >= 1.
  explicit BoundedQueue(std::size_t capacity) : ring_(capacity) {}

  // Blocks while the queue is full. Not to be called after close().
  void push(T item) {
    std::unique_lock lock(mutex_);
    producers_.wait(
        lock, [&] { return size_ < ring_.size(); }, [&] { return half_empty(); });
    ring_[(head_ + size_++) % ring_.size()] = std::move(item);
    peak_ = std::max(peak_, size_);
    const bool wake = consumers_.should_wake();
    lock.unlock();
    if (wake) consumers_.wake_one();
  }

  // Blocks while the queue is empty; nothing once it is closed and empty.
  std::optional<T> pop() {
    std::optional<T> item;
    std::unique_lock lock(mutex_);
    const auto has_items = [&] { return size_ > 0 || closed_; };
    consumers_.wait(lock, has_items, has_items);
    if (size_ == 0) return item;
    item = std::move(ring_[head_]);
    head_ = (head_ + 1) % ring_.size();
    --size_;
    const bool wake_producer = half_empty() && producers_.should_wake();
    const bool wake_consumer = size_ > 0 && consumers_.should_wake();
    lock.unlock();
    if (wake_producer) producers_.wake_one();
    if (wake_consumer) consumers_.wake_one();
    return item;
  }

  // The most items it held at a time.
  std::size_t peak() {
    const std::lock_guard lock(mutex_);
    return peak_;
  }

  // No more items will come; wakes every waiting consumer.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    consumers_.wake_all();
  }

 private:
  // The threads that wait on one side of the queue. All but wake_one with the mutex held.
  //
  // At most one of them is being woken at any moment; it wakes the next if there is more to do.
  class Side {
   public:
    // Returns at once if `ready`; else sleeps until `wake`.
    template <class Ready, class Wake>
    void wait(std::unique_lock<std::mutex>& lock, Ready ready, Wake wake) {
      if (ready()) return;
      ++asleep_;
      while (!wake()) {
        condition_.wait(lock);
        waking_ = false;
      }
      --asleep_;
    }
    // Whether the caller is to call wake_one once it has released the mutex.
    bool should_wake() { return asleep_ > 0 && !std::exchange(waking_, true); }
    void wake_one() { condition_.notify_one(); }
    void wake_all() { condition_.notify_all(); }

   private:
    std::condition_variable condition_;
    unsigned asleep_ = 0;
    bool waking_ = false;
  };

  [[nodiscard]] bool half_empty() const { return size_ <= ring_.size() / 2; }

  std::mutex mutex_;
  Side producers_;
  Side consumers_;
  std::vector<T> ring_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  std::size_t peak_ = 0;
  bool closed_ = false;
};

}  // namespace fanout
