#include "transports/curl/curl_asio_group.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <utility>

#include "base/clock.h"

namespace fanout {

CurlAsioGroup::CurlAsioGroup(CurlAsioLoop& loop, const CurlShared& shared, unsigned slots)
    : loop_(loop),
      timer_(loop.io.get_executor()),
      handles_(shared, slots, {&CurlAsioGroup::open_socket, &CurlAsioGroup::close_socket, this}) {
  watch_curl_multi(handles_.multi(), &CurlAsioGroup::on_wanted, &CurlAsioGroup::on_timer, this);
}

curl_socket_t CurlAsioGroup::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& group = *static_cast<CurlAsioGroup*>(self);
  const int fd = ::socket(address->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return CURL_SOCKET_BAD;
  const AsioError error = group.adopt(fd);
  if (!error) return fd;
  ::close(fd);
  errno = error.value();
  return CURL_SOCKET_BAD;
}

// From now on the socket is Asio's to watch.
AsioError CurlAsioGroup::adopt(curl_socket_t fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (loop_.watches.size() <= index) loop_.watches.resize(index + 1);
  std::unique_ptr<CurlWatch>& watch = loop_.watches[index];
  if (!watch) watch = std::make_unique<CurlWatch>(loop_.io.get_executor());
  watch->forget();
  watch->borrowed = false;
  AsioError error;
  watch->socket.assign(boost::asio::ip::tcp::v4(), fd, error);  // to Asio, any socket is alike
  return error;
}

// Whether it is one of the connections' sockets. libcurl has others, of its own: by them a thread
// that looks a name up wakes it. It opens and closes those without a word.
bool CurlAsioGroup::is_adopted(curl_socket_t fd) const {
  const auto index = static_cast<std::size_t>(fd);
  return index < loop_.watches.size() && loop_.watches[index] &&
         loop_.watches[index]->socket.is_open();
}

void CurlWatch::forget() {
  if (!socket.is_open()) return;
  ++generation;
  wanted = waiting = 0;
  AsioError ignored;
  socket.release(ignored);
}

int CurlAsioGroup::close_socket(void* self, curl_socket_t fd) {
  auto& group = *static_cast<CurlAsioGroup*>(self);
  CurlWatch& watch = group.watch(fd);
  ++watch.generation;
  watch.wanted = watch.waiting = 0;
  AsioError ignored;
  watch.socket.close(ignored);
  return 0;
}

int CurlAsioGroup::on_wanted(CURL*, curl_socket_t fd, int wanted, void* self, void*) {
  auto& group = *static_cast<CurlAsioGroup*>(self);
  const bool ours = group.is_adopted(fd);
  if (!ours && (wanted == CURL_POLL_REMOVE || group.adopt(fd))) return 0;
  CurlWatch& watch = group.watch(fd);
  watch.borrowed = watch.borrowed || !ours;
  watch.wanted = wanted & CURL_POLL_INOUT;
  if (watch.wanted != 0) {
    group.wait(watch);
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

int CurlAsioGroup::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& group = *static_cast<CurlAsioGroup*>(self);
  group.curl_due_ = timeout_ms < 0 ? kNever : now_ns() + timeout_ms * 1'000'000;
  group.curl_due_now_ = timeout_ms == 0;
  if (group.settling_) return 0;
  group.settling_ = true;
  boost::asio::post(group.loop_.io, [&group] { group.settle(); });
  return 0;
}

void CurlAsioGroup::wait(CurlWatch& watch) {
  const int missing = watch.wanted & ~watch.waiting;
  if ((missing & CURL_POLL_IN) != 0) wait(watch, AsioSocket::wait_read, CURL_POLL_IN);
  if ((missing & CURL_POLL_OUT) != 0) wait(watch, AsioSocket::wait_write, CURL_POLL_OUT);
}

void CurlAsioGroup::wait(CurlWatch& watch, AsioSocket::wait_type type, int event) {
  watch.waiting |= event;
  watch.socket.async_wait(type, [this, &watch, generation = watch.generation,
                                 event](const AsioError&) { on_ready(watch, generation, event); });
}

void CurlAsioGroup::on_ready(CurlWatch& watch, unsigned generation, int event) {
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
void CurlAsioGroup::settle() {
  settling_ = true;
  loop_.latest = this;
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
void CurlAsioGroup::wait_for_timer() {
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

}  // namespace fanout
