#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const BlockingFactory& make_client) {
  const auto client = make_client();
  job.ready();
  for (const Request& request : job.requests()) {
    job.fetch(*client, request);
  }
}

}  // namespace

extern const Strategy session_reuse;
const Strategy session_reuse{
    .name = "session_reuse",
    .summary = "one request after the other on one client",
    .concurrency = Concurrency::one,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
