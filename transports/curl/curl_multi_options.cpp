// The options of libcurl's multi handles.
#include <fmt/core.h>

#include "base/error.h"
#include "transports/curl/curl_options.h"

namespace fanout {
namespace {

template <typename Value>
void set(CURLM* multi, CURLMoption option, Value value) {
  const CURLMcode code = curl_multi_setopt(multi, option, value);
  if (code != CURLM_OK) {
    throw RunError(fmt::format("libcurl multi option {}: {}", static_cast<int>(option),
                               curl_multi_strerror(code)));
  }
}

}  // namespace

// For HTTP/2 the limits are such that so many requests at once need exactly as many connections as
// they are to share: that many to a host at most, each with its even share of them.
CurlMulti make_curl_multi(const ClientConfig& config, unsigned slots) {
  CurlMulti multi(curl_multi_init());
  if (!multi) throw RunError("libcurl makes no multi handle");
  const bool shares = config.http == HttpVersion::http2 && config.reuse;
  const unsigned connections = shares ? shared_connections(config, slots) : slots;
  const long total = static_cast<long>(slots + kept_connections(config, slots));
  set(multi.get(), CURLMOPT_MAXCONNECTS, total);  // with those in use
  set(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(connections));
  set(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, total);
  set(multi.get(), CURLMOPT_PIPELINING,
      static_cast<long>(shares ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING));
  if (shares) {
    set(multi.get(), CURLMOPT_MAX_CONCURRENT_STREAMS,
        static_cast<long>((slots + connections - 1) / connections));
  }
  return multi;
}

void watch_curl_multi(CURLM* multi, curl_socket_callback socket, curl_multi_timer_callback timer,
                      void* context) {
  set(multi, CURLMOPT_SOCKETFUNCTION, socket);
  set(multi, CURLMOPT_SOCKETDATA, context);
  set(multi, CURLMOPT_TIMERFUNCTION, timer);
  set(multi, CURLMOPT_TIMERDATA, context);
}

}  // namespace fanout
