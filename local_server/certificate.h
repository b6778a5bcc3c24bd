// What the server proves itself with: a key and a certificate made at start, for one run.
#pragma once

#include <string>
#include <vector>

#include "wire/tls_stream.h"

namespace fanout {

struct TlsIdentity {
  TlsContext context;       // of the connections that use it
  std::string certificate;  // PEM; whoever is to trust the server trusts this
};

// A key on the curve P-256 and a certificate signed by itself for these IP addresses and the name
// localhost, valid from an hour ago to a day ahead. Throws RunError.
TlsIdentity make_tls_identity(const std::vector<std::string>& addresses);

}  // namespace fanout
