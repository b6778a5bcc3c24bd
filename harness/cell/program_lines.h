// The lines of the protocol that external programs speak (strategies/peers/PROTOCOL.md). Pure
// functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "harness/cell/cell_task.h"

namespace fanout {

// The plan, without its line end. `certificates` is the path of a PEM file, or "".
std::string plan_line(const CellTask& task, std::span<const Request> requests,
                      const std::string& certificates);

// How one request ended, as a program says it.
struct ProgramRecord {
  std::uint32_t index = 0;    // less than the number of requests
  std::int64_t start_ns = 0;  // base/clock.h; 0: never begun
  std::int64_t end_ns = 0;
  Outcome outcome = Outcome::none;  // ok: a whole response came
  std::uint16_t status = 0;
  std::uint64_t body_bytes = 0;
  std::string_view token;  // of the response, empty if it had none; part of the line
};

// Throws RunError that shows the line and says what is wrong with it.
ProgramRecord parse_record(std::string_view line, std::uint64_t requests);

// What a program prints, as messages show it: short, and without what a terminal would obey.
std::string shown(std::string_view line);

}  // namespace fanout
