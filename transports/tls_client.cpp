#include "transports/tls_client.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "base/error.h"
#include "transports/connection_notes.h"
#include "transports/tcp_connect.h"

namespace fanout {

bool any_tls(const ClientConfig& config) {
  return std::ranges::any_of(config.targets, &Target::tls);
}

namespace {

// The address' form was checked by socket_address().
void demand(X509_VERIFY_PARAM* wanted, const Target& target) {
  const std::string name = tls_name(target);
  const int done = name.empty()
                       ? X509_VERIFY_PARAM_set1_ip_asc(wanted, target.addresses.front().c_str())
                       : X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), 0);
  if (done != 1) throw std::bad_alloc();
}

}  // namespace

void verify_peers(ssl_ctx_st* context, const std::string& pem) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // As libcurl does: an intermediate certificate that is trusted ends the chain.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
  if (pem.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return;
  }
  const auto free_memory = [](BIO* memory) { BIO_free_all(memory); };
  const std::unique_ptr<BIO, decltype(free_memory)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int count = 0;
  while (X509* certificate = PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)) {
    count += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
    X509_free(certificate);
  }
  ERR_clear_error();  // the end of the text counts as one
  if (count == 0) throw RunError("the text of whom to trust holds no certificate in PEM form");
}

namespace {

// Of a context: where its handshakes are noted.
int notes_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void on_handshake(const ssl_st* stream, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_DONE) == 0) return;
  void* const notes = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(stream), notes_index());
  static_cast<ConnectionNotes*>(notes)->tls_versions |=
      SSL_version(stream) == TLS1_3_VERSION ? ConnectionNotes::kTls13 : ConnectionNotes::kTls12;
}

}  // namespace

void note_versions(ssl_ctx_st* context, const ClientConfig& config) {
  if (config.connection_notes == nullptr) return;
  SSL_CTX_set_ex_data(context, notes_index(), config.connection_notes);
  SSL_CTX_set_info_callback(context, &on_handshake);
}

std::string tls_name(const Target& target) {
  return target.name.ends_with('.') ? target.name.substr(0, target.name.size() - 1) : target.name;
}

TlsSettings::TlsSettings(const ClientConfig& config) : config_(config) {
  if (!any_tls(config) && !config.follow) return;
  context_ = make_tls_context(TlsSide::client);
  verify_peers(context_.get(), config.certificates);
  show_certificate(context_.get(), config);
  note_versions(context_.get(), config);
  SSL_CTX_set_session_cache_mode(context_.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_.get(), &TlsClient::on_session);
}

void TlsSettings::lend_to(ssl_ctx_st* context) const {
  SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(context_.get()));
  note_versions(context, config_);
  X509* const certificate = SSL_CTX_get0_certificate(context_.get());
  if (certificate == nullptr) return;
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(context_.get(), &chain);
  SSL_CTX_use_cert_and_key(context, certificate, SSL_CTX_get0_privatekey(context_.get()), chain, 1);
}

void TlsClient::SessionDeleter::operator()(ssl_session_st* session) const {
  SSL_SESSION_free(session);
}

TlsStream TlsClient::stream(std::uint32_t target, int fd) {
  const Target& about = settings_.config().targets[target];
  if (!about.tls) return {};
  TlsStream stream(settings_.context(), fd);
  ssl_st* ssl = stream.handle();
  const std::string name = tls_name(about);
  demand(SSL_get0_param(ssl), about);
  if (!name.empty()) SSL_set_tlsext_host_name(ssl, name.c_str());
  if (!protocols_.empty() &&
      SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(protocols_.data()),
                          static_cast<unsigned>(protocols_.size())) != 0) {
    throw std::bad_alloc();
  }
  Session& session = sessions_[target];
  SSL_set_app_data(ssl, &session);
  if (session) SSL_set_session(ssl, session.get());
  return stream;
}

// The server offers a session. Returns 1: it is kept.
int TlsClient::on_session(ssl_st* stream, ssl_session_st* session) {
  static_cast<Session*>(SSL_get_app_data(stream))->reset(session);
  return 1;
}

bool ended_by_alert(const TlsStream& stream) {
  const unsigned long error = stream ? stream.error() : 0;
  return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) >= SSL_AD_REASON_OFFSET;
}

bool refused_protocols(const TlsStream& stream) {
  return ended_by_alert(stream) &&
         ERR_GET_REASON(stream.error()) == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL;
}

Outcome handshake_failure(int error_number) {
  // Connecting itself may have failed; any other end of the handshake is one of TLS.
  return error_number == ECONNREFUSED || error_number == ETIMEDOUT ? connect_failure(error_number)
                                                                   : Outcome::tls;
}

}  // namespace fanout
