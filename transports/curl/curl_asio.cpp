// libcurl's multi-socket interface on an Asio loop (transports/curl/curl_asio_group.h). The cost of
// waiting does not grow with the number in flight; what does is libcurl's own search, request by
// request, for an idle one among a multi handle's connections to a host. So no handle has more than
// kMostSlots to the one host that is asked. Where several are, each handle would keep connections
// to all of them: there is one handle then.
#include <algorithm>
#include <cassert>
#include <utility>

#include "transports/curl/curl_asio_group.h"

namespace fanout {

namespace {

constexpr unsigned kMostSlots = 250;

class CurlAsioClient final : public AsyncClient {
 public:
  CurlAsioClient(const CurlShared& shared, unsigned slots) {
    const ClientConfig& config = shared.config;
    const bool parts = config.http == HttpVersion::http1 && config.targets.size() == 1;
    for (unsigned left = slots; left > 0;) {
      const unsigned some = parts ? std::min(left, kMostSlots) : left;
      groups_.push_back(std::make_unique<CurlAsioGroup>(loop_, shared, some));
      left -= some;
    }
    loop_.latest = groups_.front().get();
  }

  void start(const Request& request, Done done) override {
    const auto has_room = [](const auto& group) { return group->has_room(); };
    if (!has_room(loop_.latest)) {
      const auto found = std::ranges::find_if(groups_, has_room);
      assert(found != groups_.end());
      loop_.latest = found->get();
    }
    loop_.latest->start(request, std::move(done));
  }

  void give_up(const Request& request) override {
    for (const auto& group : groups_) {
      if (group->give_up(request)) return;
    }
  }

  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    call_after(loop_.io, delay, std::move(callback));
  }

  void run() override {
    loop_.io.restart();
    loop_.io.run();
  }

 private:
  CurlAsioLoop loop_;
  std::vector<std::unique_ptr<CurlAsioGroup>> groups_;
};

AsyncFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const CurlShared>(config)](unsigned slots) {
    return std::make_unique<CurlAsioClient>(*shared, slots);
  };
}

}  // namespace

extern const Transport curl_asio;
const Transport curl_asio{
    .name = "curl_asio",
    .stack = "libcurl",
    .summary = "libcurl's multi-socket interface on Asio",
    .version = &curl_version_text,
    .prepare = &prepare,
    .suite = Suite::same_stack,
    .follows = true,
    .http2 = true,
    .fills_connections = true,
    .plain_http2_fault = &curl_plain_sharing_fault,
};

}  // namespace fanout
