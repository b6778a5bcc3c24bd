// The largest numbers a scenario may name.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace fanout {

inline constexpr std::uint64_t kUnboundedQueue = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::uint64_t kMaxRequests = 4'000'000'000;  // their numbers have 32 bits
inline constexpr std::uint64_t kMaxUrls = 10'000'000;         // of a list; each is kept
inline constexpr std::uint64_t kMaxRequestBody = 1ULL << 30;
inline constexpr std::uint64_t kMaxIdle = 1'000'000;
inline constexpr unsigned kMaxWorkers = 100'000;
inline constexpr std::chrono::nanoseconds kMostWork = std::chrono::seconds(10);
inline constexpr const char* kWorkExpected =
    "a duration up to 10s, such as \"2ms\", or what to do with the body: sha256 or json";

}  // namespace fanout
