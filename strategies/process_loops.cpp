#include <memory>

#include "strategies/forked.h"
#include "strategies/sharing_loop.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const AsyncFactory& make_client) {
  const unsigned loops = sharing_loops(job.workers());
  run_forked(job, loops, [&](unsigned i, SharedCursor& cursor) {
    const unsigned slots = slots_of_loop(i, loops, job.workers());
    const auto loop = std::make_shared<SharingLoop>(job, make_client(slots), slots, cursor.next());
    return [loop] { loop->run(); };
  });
}

}  // namespace

extern const Strategy process_loops;
const Strategy process_loops{
    .name = "process_loops",
    .summary = "a forked process with an event loop per CPU (two at least), that share W slots",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
    .takes_part = TakesPart::where_named,
    .loops = sharing_loops,
};

}  // namespace fanout
