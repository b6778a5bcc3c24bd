#include "tests/contract/strategy_harness.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "base/error.h"
#include "strategies/limited_window.h"
#include "transports/registry.h"
#include "wire/token.h"

namespace fanout::strategy_test {
namespace {

const PrepareEither& null_clients() {
  const auto row = std::ranges::find(transports(), "null", [](auto* t) { return t->name; });
  return std::get<PrepareEither>((*row)->prepare);
}

// Counts a client as long as it lives.
class Counted {
 public:
  explicit Counted(Counters& counters) : counters_(counters) { ++counters_.clients_alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --counters_.clients_alive; }

 private:
  Counters& counters_;
};

using DuringRequest = std::function<void(Counters&)>;

class CountingBlockingClient : public BlockingClient {
 public:
  CountingBlockingClient(std::unique_ptr<BlockingClient> inner, Counters& counters,
                         const DuringRequest& during)
      : inner_(std::move(inner)), counters_(counters), during_(during), counted_(counters) {}

  Response fetch(const Request& request) override {
    counters_.enter();
    if (during_) during_(counters_);
    Response response = inner_->fetch(request);
    counters_.leave();
    return response;
  }

 private:
  std::unique_ptr<BlockingClient> inner_;
  Counters& counters_;
  const DuringRequest& during_;
  Counted counted_;
};

class CountingAsyncClient : public AsyncClient {
 public:
  CountingAsyncClient(std::unique_ptr<AsyncClient> inner, Counters& counters,
                      const DuringRequest& during)
      : inner_(std::move(inner)), counters_(counters), during_(during), counted_(counters) {}

  void start(const Request& request, Done done) override {
    counters_.enter();
    inner_->start(request, [this, done = std::move(done)](const Response& response) {
      if (during_) during_(counters_);
      counters_.leave();
      done(response);
    });
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    inner_->after(delay, std::move(callback));
  }
  void run() override { inner_->run(); }

 private:
  std::unique_ptr<AsyncClient> inner_;
  Counters& counters_;
  const DuringRequest& during_;
  Counted counted_;
};

}  // namespace

void Counters::enter() {
  if (ready == 0) ++before_ready;
  const std::int32_t now = ++in_flight;
  std::int32_t seen = peak;
  while (now > seen && !peak.compare_exchange_weak(seen, now)) {
  }
}

SharedMemory::SharedMemory(std::size_t bytes)
    : bytes_(std::max<std::size_t>(bytes, 1)),
      memory_(::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  if (memory_ == MAP_FAILED) throw RunError("mmap");
}

SharedMemory::~SharedMemory() { ::munmap(memory_, bytes_); }

static Request request_at(std::uint32_t index) { return {index, 0, make_token(1, index)}; }

Execution::Execution(const Strategy& strategy, std::size_t requests, unsigned workers)
    : strategy_(strategy),
      workers_(workers),
      config_{.targets = {{.addresses = {"127.0.0.1"}}}},
      counters_(sizeof(Counters)),
      samples_(requests * sizeof(Sample)) {
  new (counters_.get()) Counters;
  for (std::uint32_t i = 0; i < requests; ++i) requests_.push_back(request_at(i));
}

void Execution::keep_tally(std::size_t slots) {
  const std::size_t requests = requests_.size();
  tally_.emplace(tally_memory_.emplace(Tally::bytes(requests, slots)).get(), requests, slots);
}

static std::vector<double> default_options(const Strategy& strategy) {
  std::vector<double> values;
  for (const StrategyOption& option : strategy.options) values.push_back(option.value);
  return values;
}

Job::Limits Execution::limits() const {
  return {.workers = workers_, .queue_capacity = 2 * std::size_t{workers_}};
}

Job::Hooks Execution::hooks() {
  return {.ready =
              [this](const Job& self) {
                forked_ = !self.worker_processes.empty();
                ++counters().ready;
              },
          .idle = {}};
}

void Execution::run() {
  if (!tally_) {
    const std::span<Sample> samples(static_cast<Sample*>(samples_.get()), requests_.size());
    Job job(requests_, samples, limits(), hooks());
    return run(job);
  }
  LongList list(*tally_, [](std::uint32_t index) { return request_at(index); });
  Job job(list, limits(), hooks());
  run(job);
}

void Execution::run(Job& job) {
  Counters& counted = counters();
  const auto note_client = [&] {
    const unsigned number = ++counted.clients;
    if (on_client) on_client(number);
  };
  if (const auto* blocking = std::get_if<RunBlocking>(&strategy_.run)) {
    const BlockingFactory make_client = null_clients().blocking(config_);
    (*blocking)(job, [&] {
      note_client();
      return std::make_unique<CountingBlockingClient>(make_client(), counted, during_request);
    });
  } else {
    const AsyncFactory make_client = null_clients().async(config_);
    const AsyncFactory make_counting = [&](unsigned slots) {
      note_client();
      return std::make_unique<CountingAsyncClient>(make_client(slots), counted, during_request);
    };
    if (const auto* adaptive = std::get_if<MakeLimiter>(&strategy_.run)) {
      run_limited(job, make_counting, *(*adaptive)(default_options(strategy_), workers_));
    } else {
      std::get<RunAsync>(strategy_.run)(job, make_counting);
    }
  }
}

}  // namespace fanout::strategy_test
