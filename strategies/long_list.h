// The requests of a list that is too long to be held: each is made when a strategy asks for it, and
// stays where it is until it has ended. What became of it goes into a tally (strategies/tally.h).
//
// Requests lie in a ring of slots in the tally's memory. One whose slot is still in use, because a
// request a whole ring before it has not ended, lies in a map beside it: correct for every
// strategy, and small for those that do not run far ahead of the slowest request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "strategies/tally.h"

namespace fanout {

class LongList {
 public:
  // Makes the request with this index. Called from any thread or forked process.
  using Make = std::function<Request(std::uint32_t index)>;

  // `tally` is borrowed memory. Made before there are threads or forks.
  LongList(const Tally& tally, Make make) : tally_(tally), make_(std::move(make)) {}

  // How many slots are enough for so many workers: requests that take several times as long as the
  // others keep theirs.
  static std::size_t slots_for(unsigned workers);

  [[nodiscard]] std::size_t size() const { return tally_.size(); }
  // From any thread or forked process, as all that follow. Valid until the request has ended.
  const Request& at(std::size_t index);
  void started(std::uint32_t index);
  void finished(std::uint32_t index, const Response& response);
  // How long a request took that has ended; REQUIRED: no other was asked for since.
  std::int64_t service_time_ns(std::uint32_t index);

 private:
  Tally::Entry& entry_of(std::uint32_t index);

  Tally tally_;
  Make make_;
  std::mutex mutex_;  // guards what follows
  std::unordered_map<std::uint32_t, Tally::Entry> beside_;
};

}  // namespace fanout
