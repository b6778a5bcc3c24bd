#include "local_server/http2_alpn.h"

#include <openssl/ssl.h>

#include <string_view>

namespace fanout {
namespace {

constexpr std::string_view kHttp2Name = "h2";
constexpr std::string_view kHttp11Name = "http/1.1";

// The name among those offered, each of which has its length in front; null if it is not.
const unsigned char* find_offered(const unsigned char* offered, unsigned size,
                                  std::string_view name) {
  const unsigned char* const end = offered + size;
  while (offered < end) {
    const unsigned length = *offered++;
    if (offered + length > end) break;
    if (std::string_view(reinterpret_cast<const char*>(offered), length) == name) return offered;
    offered += length;
  }
  return nullptr;
}

// A client that offers neither is served HTTP/1.1, as one that offers nothing.
int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned size, void* /*argument*/) {
  for (const std::string_view name : {kHttp2Name, kHttp11Name}) {
    *chosen = find_offered(offered, size, name);
    if (*chosen == nullptr) continue;
    *length = static_cast<unsigned char>(name.size());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

void offer_http2(ssl_ctx_st& context) {
  SSL_CTX_set_alpn_select_cb(&context, &choose_protocol, nullptr);
}

bool chose_http2(const ssl_st& connection) {
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(&connection, &chosen, &length);
  return std::string_view(reinterpret_cast<const char*>(chosen), length) == kHttp2Name;
}

}  // namespace fanout
