#include "transports/curl/curl_handles.h"

#include <cassert>
#include <utility>

namespace fanout {

CurlHandles::CurlHandles(const CurlShared& shared, unsigned slots, const CurlSocketHooks& hooks)
    : idle_look_(shared.config), multi_(make_curl_multi(shared.config, slots)) {
  free_.reserve(slots);
  for (unsigned i = 0; i < slots; ++i) {
    Slot& slot = slots_.emplace_back(shared, idle_look_, hooks);
    if (shared.config.http == HttpVersion::http2) slot.exchange.wait_for_connections();
    free_.push_back(&slot);
  }
}

CurlHandles::~CurlHandles() {
  for (const Slot& slot : slots_) {
    if (slot.busy) curl_multi_remove_handle(multi(), slot.exchange.handle());
  }
}

void CurlHandles::start(const Request& request, AsyncClient::Done done) {
  assert(!free_.empty());
  Slot& slot = *free_.back();
  free_.pop_back();
  slot.busy = true;
  slot.done = std::move(done);
  slot.exchange.begin(request);
  [[maybe_unused]] const CURLMcode code = curl_multi_add_handle(multi(), slot.exchange.handle());
  assert(code == CURLM_OK);
}

bool CurlHandles::give_up(const Request& request) {
  for (Slot& slot : slots_) {
    if (!slot.busy || slot.exchange.request() != &request) continue;
    curl_multi_remove_handle(multi(), slot.exchange.handle());
    slot.done = {};
    slot.busy = false;
    free_.push_back(&slot);
    return true;
  }
  return false;
}

bool CurlHandles::finish() {
  bool any = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    any = true;
    Slot& slot = *static_cast<Slot*>(CurlExchange::owner_of(message->easy_handle));
    if (slot.exchange.must_repeat()) {
      curl_multi_remove_handle(multi(), slot.exchange.handle());
      curl_multi_add_handle(multi(), slot.exchange.handle());
      continue;
    }
    const Response response = slot.exchange.end(message->data.result);
    // From here on `message` is gone and the slot is free for a request that `done` starts.
    curl_multi_remove_handle(multi(), slot.exchange.handle());
    const AsyncClient::Done done = std::move(slot.done);
    slot.busy = false;
    free_.push_back(&slot);
    done(response);
  }
  return any;
}

}  // namespace fanout
