#include "transports/curl/curl_idle.h"

#include <curl/curl.h>

#include "transports/idle_connection.h"

namespace fanout {

CurlIdleLook::CurlIdleLook(const ClientConfig& config)
    : needed_(config.reuse && curl_version_info(CURLVERSION_NOW)->version_num < 0x080000) {}

bool CurlIdleLook::is_good(int local_port) const {
  const auto found = sockets_.find(local_port);
  return found == sockets_.end() || is_quiet(found->second);
}

}  // namespace fanout
