#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const BlockingFactory& make_client) {
  job.ready();
  for (const Request& request : job.requests()) {
    const auto client = make_client();
    job.fetch(*client, request);
  }
}

}  // namespace

extern const Strategy sequential;
const Strategy sequential{
    .name = "sequential",
    .summary = "one request after the other, a new client for each",
    .concurrency = Concurrency::one,
    .client_life = ClientLife::request,
    .run = run,
};

}  // namespace fanout
