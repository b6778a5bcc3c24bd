// The easy handles of an asynchronous libcurl client: one for each slot, made beforehand and
// recycled, and the multi handle that runs them. Shared by curl_multi and curl_asio, which differ
// in how they wait.
#pragma once

#include <deque>
#include <vector>

#include "transports/curl/curl_options.h"

namespace fanout {

class CurlHandles {
 public:
  // `shared` is borrowed. Throws RunError.
  CurlHandles(const CurlShared& shared, unsigned slots, const CurlSocketHooks& hooks = {});
  // Ends unfinished transfers without calling their `done`, and closes all connections.
  ~CurlHandles();
  CurlHandles(const CurlHandles&) = delete;
  CurlHandles& operator=(const CurlHandles&) = delete;

  [[nodiscard]] CURLM* multi() const { return multi_.get(); }
  [[nodiscard]] std::size_t in_flight() const { return slots_.size() - free_.size(); }

  [[nodiscard]] bool has_room() const { return !free_.empty(); }

  // Hands a request to libcurl. REQUIRED: it has room.
  void start(const Request& request, AsyncClient::Done done);
  // Ends the transfer of this request, its connection with it; `done` is not called. Returns
  // whether it had one.
  bool give_up(const Request& request);
  // Calls `done` of every transfer that libcurl has finished; these may start others. Returns
  // whether any was finished. Not to be called from a callback of libcurl, nor from `done`.
  bool finish();

 private:
  struct Slot {
    Slot(const CurlShared& shared, CurlIdleLook& idle_look, const CurlSocketHooks& hooks)
        : exchange(shared, idle_look, hooks, this) {}
    CurlExchange exchange;
    AsyncClient::Done done;
    bool busy = false;
  };

  CurlIdleLook idle_look_;
  CurlMulti multi_;
  std::deque<Slot> slots_;  // a deque: slots stay where they are
  std::vector<Slot*> free_;
};

}  // namespace fanout
