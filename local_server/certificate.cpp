#include "local_server/certificate.h"

#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <utility>

#include "base/deleter.h"
#include "base/error.h"

namespace fanout {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Deleter<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<&X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<&X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Deleter<&BIO_free_all>>;

constexpr long kHourS = 3600;
constexpr long kValidS = 24 * kHourS;

void check(bool done, const char* step) {
  if (done) return;
  const char* reason = ERR_reason_error_string(ERR_get_error());
  throw RunError(fmt::format("making the server's certificate: {}: {}", step,
                             reason == nullptr ? "unknown reason" : reason));
}

void add_extension(X509& certificate, int kind, const std::string& value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  check(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, value.c_str());
}

Certificate sign(EVP_PKEY& key, const std::vector<std::string>& addresses) {
  Certificate certificate(X509_new());
  X509* made = certificate.get();
  check(made != nullptr && X509_set_version(made, X509_VERSION_3) == 1, "version");
  std::uint32_t serial = 0;  // another for each, or a client may confuse two of one name
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "serial");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), serial);
  X509_gmtime_adj(X509_getm_notBefore(made), -kHourS);
  X509_gmtime_adj(X509_getm_notAfter(made), kValidS);
  X509_NAME* name = X509_get_subject_name(made);
  const auto* text = reinterpret_cast<const unsigned char*>("fanout local server");
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1, "name");
  check(X509_set_issuer_name(made, name) == 1 && X509_set_pubkey(made, &key) == 1, "key");
  add_extension(*made, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(*made, NID_key_usage, "critical,digitalSignature,keyCertSign");
  add_extension(*made, NID_ext_key_usage, "serverAuth");
  add_extension(*made, NID_subject_alt_name,
                fmt::format("DNS:localhost,IP:{}", fmt::join(addresses, ",IP:")));
  check(X509_sign(made, &key, EVP_sha256()) != 0, "signature");
  return certificate;
}

std::string pem_of(X509& certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  check(memory && PEM_write_bio_X509(memory.get(), &certificate) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

TlsIdentity make_tls_identity(const std::vector<std::string>& addresses) {
  const Key key(EVP_EC_gen("P-256"));
  check(key != nullptr, "key");
  const Certificate certificate = sign(*key, addresses);
  TlsContext context = make_tls_context(TlsSide::server);
  // Sessions live in the tickets the clients keep: nothing to store here.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  check(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
            SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
        "use");
  return {.context = std::move(context), .certificate = pem_of(*certificate)};
}

}  // namespace fanout
