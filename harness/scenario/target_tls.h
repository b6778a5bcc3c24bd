// The files that TLS to real targets needs, checked before anything is sent.
#pragma once

#include <string>

namespace fanout {

// What is shown to servers that demand a certificate (--cert, --key); empty: nothing.
struct TargetTls {
  std::string certificate_file;
  std::string key_file;  // empty: in the same file
};

// Throws UsageError if one of the files cannot be used, if the environment names certificates to
// trust that cannot (SSL_CERT_FILE, SSL_CERT_DIR), or if files are named and no target is https.
void check_tls(const TargetTls& files, bool any_https);

}  // namespace fanout
