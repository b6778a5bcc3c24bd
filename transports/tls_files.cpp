// The files that TLS connections are made with: the client's certificate, and whom it trusts.
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "transports/tls_client.h"

namespace fanout {
namespace {

// The first reason on OpenSSL's queue, which it clears.
std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "no PEM";
}

// Throws UsageError unless the file can be read and is not empty.
void check_file(std::string_view what, const std::string& path) {
  struct stat about {};
  const auto refuse = [&](std::string_view why) {
    throw UsageError(fmt::format("{} {}: {}; name a file in PEM form", what, path, why));
  };
  if (::stat(path.c_str(), &about) != 0) refuse(std::strerror(errno));
  if (S_ISDIR(about.st_mode)) refuse("is a folder");
  if (::access(path.c_str(), R_OK) != 0) refuse(std::strerror(errno));
  if (S_ISREG(about.st_mode) && about.st_size == 0) refuse("is empty");
}

void check_trusted_file(const std::string& path) {
  check_file("SSL_CERT_FILE", path);
  const TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (SSL_CTX_load_verify_file(context.get(), path.c_str()) != 1) {
    throw UsageError(fmt::format("SSL_CERT_FILE {}: holds no certificate that can be read ({})",
                                 path, openssl_reason()));
  }
}

// Folders, separated by colons.
void check_trusted_folders(std::string_view list) {
  while (!list.empty()) {
    const std::string folder(list.substr(0, list.find(':')));
    list.remove_prefix(std::min(list.size(), folder.size() + 1));
    std::error_code error;
    if (std::filesystem::is_directory(folder, error) && ::access(folder.c_str(), R_OK) == 0) {
      continue;
    }
    const std::string why = error ? error.message() : "is not a folder that can be read";
    throw UsageError(fmt::format(
        "SSL_CERT_DIR {}: {}; name a folder of certificates as 'openssl rehash' leaves it", folder,
        why));
  }
}

}  // namespace

void check_trusted_files() {
  const char* file = std::getenv("SSL_CERT_FILE");
  if (file != nullptr && *file != '\0') check_trusted_file(file);
  const char* folders = std::getenv("SSL_CERT_DIR");
  if (folders != nullptr) check_trusted_folders(folders);
}

void show_certificate(ssl_ctx_st* context, const ClientConfig& config) {
  const std::string& certificate = config.certificate_file;
  if (certificate.empty()) return;
  const std::string& key = config.key_file.empty() ? certificate : config.key_file;
  const std::string_view key_flag = config.key_file.empty() ? "--cert" : "--key";
  check_file("--cert", certificate);
  check_file(key_flag, key);
  // Nobody is there to be asked for a passphrase.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    throw UsageError(fmt::format("--cert {}: holds no certificate in PEM form ({})", certificate,
                                 openssl_reason()));
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const std::string why = openssl_reason();
    if (why == "key values mismatch") {
      throw UsageError(fmt::format("{} {}: is not the key of the certificate in {}", key_flag, key,
                                   certificate));
    }
    throw UsageError(fmt::format("{} {}: holds no key in PEM form that needs no passphrase ({}){}",
                                 key_flag, key, why,
                                 config.key_file.empty() ? "; name its file by --key" : ""));
  }
}

}  // namespace fanout
