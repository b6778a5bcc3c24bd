// libcurl's multi-socket interface on an Asio loop: libcurl says which sockets and which time it
// waits for, Asio waits. The cost of waiting does not grow with the number in flight; what does is
// libcurl's own search, request by request, for an idle one among the connections to a host.
//
// Three rules keep this correct:
// - libcurl is not re-entrant: its callbacks only note what it wants, settle() calls it.
// - A socket belongs to Asio from the moment it is opened until libcurl closes it. That libcurl
//   stops watching it (CURL_POLL_REMOVE, after every request) does not unregister it.
// - A wait may complete after its socket was closed and the descriptor taken by another one:
//   generations tell.
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <utility>

#include "base/clock.h"
#include "transports/asio_loop.h"
#include "transports/curl/curl_handles.h"
#include "transports/deadline.h"

namespace fanout {

namespace {

class CurlAsioClient final : public AsyncClient {
 public:
  CurlAsioClient(const CurlShared& shared, unsigned slots)
      : timer_(io_.get_executor()),
        handles_(shared, slots,
                 {&CurlAsioClient::open_socket, &CurlAsioClient::close_socket, this}) {
    watch_curl_multi(handles_.multi(), &CurlAsioClient::on_wanted, &CurlAsioClient::on_timer, this);
  }

  void start(const Request& request, Done done) override {
    handles_.start(request, std::move(done));
  }

  void give_up(const Request& request) override { handles_.give_up(request); }

  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    call_after(io_, delay, std::move(callback));
  }

  void run() override {
    io_.restart();
    io_.run();
  }

 private:
  // A socket of libcurl's, at the index of its descriptor.
  struct Watch {
    explicit Watch(const AsioExecutor& executor) : socket(executor) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { forget(); }
    // Lets go of a socket that libcurl has closed without a word, as it does with those it gives up
    // while they connect: the descriptor may be somebody else's by now.
    void forget();
    AsioSocket socket;
    unsigned generation = 0;  // counts up whenever pending waits become void
    int wanted = 0;           // CURL_POLL_IN, CURL_POLL_OUT
    int waiting = 0;          // the same bits: waits under way
    bool borrowed = false;    // libcurl closes it
  };

  // Callbacks of libcurl.
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int close_socket(void* self, curl_socket_t fd);
  static int on_wanted(CURL*, curl_socket_t fd, int wanted, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);

  AsioError adopt(curl_socket_t fd);
  [[nodiscard]] bool is_adopted(curl_socket_t fd) const;
  Watch& watch(curl_socket_t fd) { return *watches_[static_cast<std::size_t>(fd)]; }
  void wait(Watch& watch);
  void wait(Watch& watch, AsioSocket::wait_type type, int event);
  void on_ready(Watch& watch, unsigned generation, int event);
  void settle();
  void wait_for_timer();

  boost::asio::io_context io_{1};
  AsioTimer timer_;
  std::int64_t timer_set_to_ = kNever;
  std::int64_t curl_due_ = kNever;  // when libcurl wants to be called for its timers
  bool curl_due_now_ = false;
  bool settling_ = false;  // settle() runs, or is about to
  std::vector<std::unique_ptr<Watch>> watches_;
  CurlHandles handles_;  // last: closing its connections uses the rest
};

curl_socket_t CurlAsioClient::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& client = *static_cast<CurlAsioClient*>(self);
  const int fd = ::socket(address->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return CURL_SOCKET_BAD;
  const AsioError error = client.adopt(fd);
  if (!error) return fd;
  ::close(fd);
  errno = error.value();
  return CURL_SOCKET_BAD;
}

// From now on the socket is Asio's to watch.
AsioError CurlAsioClient::adopt(curl_socket_t fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (watches_.size() <= index) watches_.resize(index + 1);
  std::unique_ptr<Watch>& watch = watches_[index];
  if (!watch) watch = std::make_unique<Watch>(io_.get_executor());
  watch->forget();
  watch->borrowed = false;
  AsioError error;
  watch->socket.assign(boost::asio::ip::tcp::v4(), fd, error);  // to Asio, any socket is alike
  return error;
}

// Whether it is one of the connections' sockets. libcurl has others, of its own: by them a thread
// that looks a name up wakes it. It opens and closes those without a word.
bool CurlAsioClient::is_adopted(curl_socket_t fd) const {
  const auto index = static_cast<std::size_t>(fd);
  return index < watches_.size() && watches_[index] && watches_[index]->socket.is_open();
}

void CurlAsioClient::Watch::forget() {
  if (!socket.is_open()) return;
  ++generation;
  wanted = waiting = 0;
  AsioError ignored;
  socket.release(ignored);
}

int CurlAsioClient::close_socket(void* self, curl_socket_t fd) {
  auto& client = *static_cast<CurlAsioClient*>(self);
  Watch& watch = client.watch(fd);
  ++watch.generation;
  watch.wanted = watch.waiting = 0;
  AsioError ignored;
  watch.socket.close(ignored);
  return 0;
}

int CurlAsioClient::on_wanted(CURL*, curl_socket_t fd, int wanted, void* self, void*) {
  auto& client = *static_cast<CurlAsioClient*>(self);
  const bool ours = client.is_adopted(fd);
  if (!ours && (wanted == CURL_POLL_REMOVE || client.adopt(fd))) return 0;
  Watch& watch = client.watch(fd);
  watch.borrowed = watch.borrowed || !ours;
  watch.wanted = wanted & CURL_POLL_INOUT;
  if (watch.wanted != 0) {
    client.wait(watch);
  } else if (watch.borrowed) {
    watch.forget();
  } else if (watch.waiting != 0) {
    // An idle connection must not keep run() from returning.
    ++watch.generation;
    watch.waiting = 0;
    AsioError ignored;
    watch.socket.cancel(ignored);
  }
  return 0;
}

int CurlAsioClient::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& client = *static_cast<CurlAsioClient*>(self);
  client.curl_due_ = timeout_ms < 0 ? kNever : now_ns() + timeout_ms * 1'000'000;
  client.curl_due_now_ = timeout_ms == 0;
  if (client.settling_) return 0;
  client.settling_ = true;
  boost::asio::post(client.io_, [&client] { client.settle(); });
  return 0;
}

void CurlAsioClient::wait(Watch& watch) {
  const int missing = watch.wanted & ~watch.waiting;
  if ((missing & CURL_POLL_IN) != 0) wait(watch, AsioSocket::wait_read, CURL_POLL_IN);
  if ((missing & CURL_POLL_OUT) != 0) wait(watch, AsioSocket::wait_write, CURL_POLL_OUT);
}

void CurlAsioClient::wait(Watch& watch, AsioSocket::wait_type type, int event) {
  watch.waiting |= event;
  watch.socket.async_wait(type, [this, &watch, generation = watch.generation,
                                 event](const AsioError&) { on_ready(watch, generation, event); });
}

void CurlAsioClient::on_ready(Watch& watch, unsigned generation, int event) {
  if (watch.generation != generation) return;
  watch.waiting &= ~event;
  if ((watch.wanted & event) == 0) return;
  static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
  settling_ = true;
  int running = 0;
  curl_multi_socket_action(handles_.multi(), watch.socket.native_handle(), event, &running);
  settle();
  if (watch.generation == generation) wait(watch);
}

// Reports what has finished, and lets libcurl go on with what is due at once: requests begun.
void CurlAsioClient::settle() {
  settling_ = true;
  handles_.finish();
  while (curl_due_now_) {
    curl_due_now_ = false;
    curl_due_ = kNever;
    int running = 0;
    curl_multi_socket_action(handles_.multi(), CURL_SOCKET_TIMEOUT, 0, &running);
    handles_.finish();
  }
  settling_ = false;
  wait_for_timer();
}

// Keeps a timer at or before curl_due_. One that turns out early is set again when it expires:
// libcurl moves its time with every request, the timer is set a few times a second.
void CurlAsioClient::wait_for_timer() {
  if (handles_.in_flight() == 0) {
    if (timer_set_to_ != kNever) timer_.cancel();
    timer_set_to_ = kNever;
    return;
  }
  if (curl_due_ >= timer_set_to_) return;
  timer_set_to_ = curl_due_;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(curl_due_)));
  timer_.async_wait([this](const AsioError& error) {
    if (error) return;
    timer_set_to_ = kNever;
    curl_due_now_ = curl_due_ <= now_ns();
    settle();
  });
}

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
