// The requests of a run that failed. Plain data, part of a run (harness/result/run.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace fanout {

// Requests of a run that failed alike.
struct FailureKind {
  std::string outcome;
  std::uint16_t status = 0;  // of bad_status; 0: of another outcome
  std::string words;         // why, as the transport says it, or ""
  std::uint64_t count = 0;
};

// "404", "tls": by what people tell failures apart.
std::string name_of(const FailureKind& kind);

// A request that failed.
struct FailedRequest {
  std::uint64_t index = 0;            // in the run, from 0
  std::optional<std::uint64_t> line;  // of the list that its URL comes from; nothing: none is known
  std::string url;                    // secrets masked
  std::string outcome;
  std::uint16_t status = 0;  // 0: there was none
  std::string words;         // as in FailureKind
};

// A run names so many of its failed requests.
inline constexpr std::size_t kNamedFailures = 20;

}  // namespace fanout
