#include "harness/scenario/target_tls.h"

#include "base/error.h"
#include "transports/tls_client.h"

namespace fanout {

void check_tls(const TargetTls& files, bool any_https) {
  if (files.certificate_file.empty() && !files.key_file.empty()) {
    throw UsageError("--key goes with --cert FILE; name the certificate too");
  }
  if (!any_https) {
    if (files.certificate_file.empty()) return;
    throw UsageError("--cert goes with https URLs; none of the targets is one");
  }
  check_trusted_files();
  ClientConfig shown;
  shown.certificate_file = files.certificate_file;
  shown.key_file = files.key_file;
  const TlsContext context = make_tls_context(TlsSide::client);
  show_certificate(context.get(), shown);
}

}  // namespace fanout
