// What cpp-httplib lacks and its engine needs, and what differs between its versions.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <span>
#include <utility>

namespace fanout {

// What TaskQueue::enqueue returns: nothing up to version 0.14, then whether the task was taken.
using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(nullptr));

// Reads the request's body, of any length and type, and forgets it.
std::uint64_t discard_body(const httplib::Request& request, const httplib::ContentReader& read);

// Shuts down every connected socket of this process whose local port is one of `ports`. A server's
// threads wait on their connections and cpp-httplib does not tell which those are, so they are
// looked up in /proc/self/fd. REQUIRES: nothing is accepted on these ports any more.
void shut_down_connections(std::span<const std::uint16_t> ports);

}  // namespace fanout
