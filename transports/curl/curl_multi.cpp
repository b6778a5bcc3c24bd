// libcurl's multi interface as its manual shows it: perform, poll, perform ... Each round looks at
// every handle, so its cost grows with the number in flight. curl_asio is the contrast.
#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "transports/curl/curl_handles.h"

namespace fanout {

namespace {

// Callbacks due at a time, the earliest first, equal times in order of arrival.
class DueCallbacks {
 public:
  void add(std::int64_t due_ns, std::function<void()> callback) {
    queue_.push({due_ns, order_++, std::move(callback)});
  }
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  // Milliseconds until the first is due, rounded up (curl_multi_poll knows no less), at most
  // `most`.
  [[nodiscard]] int wait_ms(int most) const {
    if (queue_.empty()) return most;
    const std::int64_t left = std::max<std::int64_t>(queue_.top().due_ns - now_ns(), 0);
    return static_cast<int>(std::min<std::int64_t>((left + 999'999) / 1'000'000, most));
  }
  // Calls those that are due now, not those they add.
  void call_due() {
    const std::int64_t now = now_ns();
    const std::uint64_t until = order_;
    while (!queue_.empty() && queue_.top().due_ns <= now && queue_.top().order < until) {
      const std::function<void()> callback = queue_.top().callback;
      queue_.pop();
      callback();
    }
  }

 private:
  struct Entry {
    std::int64_t due_ns;
    std::uint64_t order;
    std::function<void()> callback;
    bool operator<(const Entry& other) const {
      return std::tie(due_ns, order) > std::tie(other.due_ns, other.order);
    }
  };
  std::priority_queue<Entry> queue_;
  std::uint64_t order_ = 0;
};

class CurlMultiClient final : public AsyncClient {
 public:
  CurlMultiClient(const CurlShared& shared, unsigned slots) : handles_(shared, slots) {}

  void start(const Request& request, Done done) override {
    handles_.start(request, std::move(done));
  }

  void give_up(const Request& request) override { handles_.give_up(request); }

  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    due_.add(now_ns() + delay.count(), std::move(callback));
  }

  void run() override {
    constexpr int kLongestWaitMs = 1000;  // libcurl's own timers wake it earlier
    while (handles_.in_flight() > 0 || !due_.empty()) {
      due_.call_due();
      int running = 0;
      curl_multi_perform(handles_.multi(), &running);
      // What finished has started others: let them send before waiting.
      if (handles_.finish()) continue;
      curl_multi_poll(handles_.multi(), nullptr, 0, due_.wait_ms(kLongestWaitMs), nullptr);
    }
  }

 private:
  CurlHandles handles_;
  DueCallbacks due_;
};

AsyncFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const CurlShared>(config)](unsigned slots) {
    return std::make_unique<CurlMultiClient>(*shared, slots);
  };
}

}  // namespace

extern const Transport curl_multi;
const Transport curl_multi{
    .name = "curl_multi",
    .stack = "libcurl",
    .summary = "libcurl's multi interface with its own poll",
    .version = &curl_version_text,
    .prepare = &prepare,
    .follows = true,
    .http2 = true,
    .fills_connections = true,
    .plain_http2_fault = &curl_plain_sharing_fault,
};

}  // namespace fanout
