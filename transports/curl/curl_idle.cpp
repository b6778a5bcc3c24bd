#include "transports/curl/curl_idle.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "transports/idle_connection.h"

namespace fanout {

CurlIdleLook::CurlIdleLook(const ClientConfig& config)
    : needed_(config.reuse && config.http == HttpVersion::http1 &&
              curl_version_info(CURLVERSION_NOW)->version_num < 0x080000) {}

void CurlIdleLook::note_idle(int local_port) {
  const auto found = sockets_.find(local_port);
  if (found != sockets_.end()) found->second.idle_since = now_ns();
}

bool CurlIdleLook::is_good(int local_port) const {
  const auto found = sockets_.find(local_port);
  if (found == sockets_.end()) return true;
  const auto [fd, idle_since] = found->second;
  return now_ns() - idle_since <= kFreshNs || is_quiet(fd);
}

}  // namespace fanout
