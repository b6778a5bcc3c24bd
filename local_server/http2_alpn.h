// How client and server agree on HTTP/2 during the handshake of TLS (RFC 7301).
#pragma once

struct ssl_ctx_st;
struct ssl_st;

namespace fanout {

// Makes a server's connections choose HTTP/2 if the client offers it, and else HTTP/1.1.
void offer_http2(ssl_ctx_st& context);

// Whether that is what this connection has chosen. REQUIRED: its handshake is done.
bool chose_http2(const ssl_st& connection);

}  // namespace fanout
