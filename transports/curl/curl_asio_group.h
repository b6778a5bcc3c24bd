// Some of the transfers of curl_asio: one multi handle of libcurl's, by its multi-socket interface
// on an Asio loop. libcurl says which sockets and which time it waits for, Asio waits.
//
// Three rules keep this correct:
// - libcurl is not re-entrant: its callbacks only note what it wants, settle() calls it.
// - A socket belongs to Asio from the moment it is opened until libcurl closes it. That libcurl
//   stops watching it (CURL_POLL_REMOVE, after every request) does not unregister it.
// - A wait may complete after its socket was closed and the descriptor taken by another one:
//   generations tell.
#pragma once

#include <memory>
#include <vector>

#include "transports/asio_loop.h"
#include "transports/curl/curl_handles.h"
#include "transports/deadline.h"

namespace fanout {

// A socket of libcurl's.
struct CurlWatch {
  explicit CurlWatch(const AsioExecutor& executor) : socket(executor) {}
  CurlWatch(const CurlWatch&) = delete;
  CurlWatch& operator=(const CurlWatch&) = delete;
  ~CurlWatch() { forget(); }
  // Lets go of a socket that libcurl has closed without a word, as it does with those it gives up
  // while they connect: the descriptor may be somebody else's by now.
  void forget();
  AsioSocket socket;
  unsigned generation = 0;  // counts up whenever pending waits become void
  int wanted = 0;           // CURL_POLL_IN, CURL_POLL_OUT
  int waiting = 0;          // the same bits: waits under way
  bool borrowed = false;    // libcurl closes it
};

class CurlAsioGroup;

// What the groups of a client share.
struct CurlAsioLoop {
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<CurlWatch>> watches{};  // by descriptor
  CurlAsioGroup* latest = nullptr;                    // the one in which something happened last
};

// Belongs to the thread that runs the loop.
class CurlAsioGroup {
 public:
  // Both are borrowed. Throws RunError.
  CurlAsioGroup(CurlAsioLoop& loop, const CurlShared& shared, unsigned slots);
  CurlAsioGroup(const CurlAsioGroup&) = delete;
  CurlAsioGroup& operator=(const CurlAsioGroup&) = delete;
  ~CurlAsioGroup() = default;

  [[nodiscard]] bool has_room() const { return handles_.has_room(); }
  // As those of AsyncClient. REQUIRED by start(): it has room.
  void start(const Request& request, AsyncClient::Done done) {
    handles_.start(request, std::move(done));
  }
  // Returns whether it was one of its own.
  bool give_up(const Request& request) { return handles_.give_up(request); }

 private:
  // Callbacks of libcurl.
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int close_socket(void* self, curl_socket_t fd);
  static int on_wanted(CURL*, curl_socket_t fd, int wanted, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);

  AsioError adopt(curl_socket_t fd);
  [[nodiscard]] bool is_adopted(curl_socket_t fd) const;
  CurlWatch& watch(curl_socket_t fd) { return *loop_.watches[static_cast<std::size_t>(fd)]; }
  void wait(CurlWatch& watch);
  void wait(CurlWatch& watch, AsioSocket::wait_type type, int event);
  void on_ready(CurlWatch& watch, unsigned generation, int event);
  void settle();
  void wait_for_timer();

  CurlAsioLoop& loop_;
  AsioTimer timer_;
  std::int64_t timer_set_to_ = kNever;
  std::int64_t curl_due_ = kNever;  // when libcurl wants to be called for its timers
  bool curl_due_now_ = false;
  bool settling_ = false;  // settle() runs, or is about to
  CurlHandles handles_;    // last: closing its connections uses the rest
};

}  // namespace fanout
