// What a strategy is handed: its requests, and where to record them.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "strategies/limit_trace.h"
#include "strategies/long_list.h"
#include "strategies/requests.h"
#include "strategies/sample.h"
#include "strategies/work.h"
#include "transports/transport.h"

namespace fanout {

// A strategy's task: the requests, and where to record them. started, finished and fetch may be
// called from any thread or forked process, for different requests; the rest from the thread that
// runs the strategy.
class Job {
 public:
  // What the harness does at the two moments a strategy announces; either may be empty.
  struct Hooks {
    std::function<void(const Job&)> ready;
    std::function<void(const Job&)> idle;
  };

  struct Limits {
    unsigned workers = 1;
    std::size_t queue_capacity = 2;
    std::vector<double> options{};  // of the strategy: the values of Strategy::options
    LimitTrace* trace = nullptr;    // where an adaptive strategy notes its limit; null: nowhere
    Work work{};                    // what is done with each right answer
    WorkDone* work_done = nullptr;  // where that is counted. REQUIRED if there is work
  };

  // `samples` has one slot per request, at the request's index. Both are borrowed.
  Job(std::span<const Request> requests, std::span<Sample> samples, Limits limits, Hooks hooks)
      : requests_(requests),
        samples_(samples),
        limits_(std::move(limits)),
        hooks_(std::move(hooks)) {}
  // Of a list too long for that, which is borrowed too.
  Job(LongList& list, Limits limits, Hooks hooks)
      : requests_(list), list_(&list), limits_(std::move(limits)), hooks_(std::move(hooks)) {}

  // Each is valid until it has ended.
  [[nodiscard]] const Requests& requests() const { return requests_; }
  [[nodiscard]] unsigned workers() const { return limits_.workers; }
  [[nodiscard]] std::span<const double> options() const { return limits_.options; }
  // The most requests that the queue of a strategy may hold, if it feeds its workers through one.
  [[nodiscard]] std::size_t queue_capacity() const {
    return std::max<std::size_t>(1, std::min(limits_.queue_capacity, requests_.size()));
  }

  // Divides set-up from the timed part.
  void ready() {
    if (hooks_.ready) hooks_.ready(*this);
  }

  // Makes one request on a blocking client and records it.
  void fetch(BlockingClient& client, const Request& request) {
    started(request);
    finished(request, client.fetch(request));
  }

  // Records one request in two halves, its start and its end, for clients that answer later. The
  // calling thread does the work that the job asks for before a request ends.
  void started(const Request& request) {
    if (list_ != nullptr) return list_->started(request.index);
    Sample& sample = samples_[request.index];
    ++sample.starts;
    sample.start_ns = now_ns();
  }
  void finished(const Request& request, const Response& response) {
    if (limits_.work.any() && response.outcome == Outcome::ok) {
      do_work(limits_.work, response.body.get(), *limits_.work_done);
    }
    if (list_ != nullptr) return list_->finished(request.index, response);
    Sample& sample = samples_[request.index];
    sample.end_ns = now_ns();
    note_end(sample, response);
    if (response.began_ns != 0) sample.start_ns = response.began_ns;
    ++sample.finishes;
  }

  // How long a request took that has ended.
  [[nodiscard]] std::int64_t service_time_ns(const Request& request) const {
    if (list_ != nullptr) return list_->service_time_ns(request.index);
    const Sample& sample = samples_[request.index];
    return sample.end_ns - sample.start_ns;
  }
  // Notes the limit of an adaptive strategy, from the thread that runs it.
  void note_limit(const LimitPoint& point) {
    if (limits_.trace != nullptr) limits_.trace->add(point);
  }

  // The most requests that the strategy's queue did hold; the strategy notes it when it is done.
  std::size_t queue_peak = 0;

  // The process ids of workers that are processes; the strategy adds them before ready().
  std::vector<pid_t> worker_processes;
  // Announces that all worker processes are done and none has left yet: now their memory is read.
  void idle() {
    if (hooks_.idle) hooks_.idle(*this);
  }

 private:
  Requests requests_;
  std::span<Sample> samples_;
  LongList* list_ = nullptr;  // null: there is a sample of each
  Limits limits_;
  Hooks hooks_;
};

}  // namespace fanout
