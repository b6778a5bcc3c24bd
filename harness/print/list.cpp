#include "harness/print/list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "harness/catalogue/embedded.h"
#include "harness/catalogue/program.h"
#include "harness/print/table.h"
#include "harness/scenario/scenario_json.h"
#include "strategies/registry.h"
#include "transports/registry.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string list_strategies() {
  static constexpr std::array kInFlight{"1", "W", "up to W"};
  Table table{.columns = {{"strategy", Align::left},
                          {"drives", Align::left},
                          {"in flight", Align::left},
                          {"what it does", Align::left}},
              .rows = {}};
  for (const Strategy* row : strategies()) {
    table.rows.push_back(
        {std::string(row->name), drives_loop(*row) ? "an event loop" : "blocking clients",
         kInFlight[static_cast<std::size_t>(row->concurrency)], std::string(row->summary)});
  }
  return to_text(table);
}

std::string list_options() {
  Table table{.columns = {{"option", Align::left},
                          {"default"},
                          {"from"},
                          {"to"},
                          {"what it is", Align::left}},
              .rows = {}};
  for (const Strategy* row : strategies()) {
    for (const StrategyOption& option : row->options) {
      table.rows.push_back({fmt::format("{}.{}", row->name, option.name),
                            fmt::format("{}", option.value), fmt::format("{}", option.low),
                            fmt::format("{}", option.high), std::string(option.meaning)});
    }
  }
  return to_text(table);
}

// What they need, whether it is here or not.
std::string list_peers() {
  static constexpr const char* kInFlight[] = {"1", "W", "all"};
  Table table{.columns = {{"external program", Align::left},
                          {"article", Align::left},
                          {"imitates", Align::left},
                          {"in flight", Align::left},
                          {"needs", Align::left},
                          {"what it does", Align::left}},
              .rows = {}};
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const Program& row : peers()) {
    std::vector<std::string> packages;
    for (const Need& need : row.needs) packages.push_back(need.package);
    table.rows.push_back({row.name, or_dash(row.article), or_dash(row.imitates),
                          kInFlight[static_cast<int>(row.in_flight)],
                          fmt::format("{}", fmt::join(packages, " ")), row.summary});
  }
  return to_text(table);
}

std::string offers(const Transport& transport) {
  static constexpr const char* kKinds[] = {"blocking", "event loop", "both"};
  return kKinds[transport.prepare.index()];
}

std::string versions_of(const Transport& transport) {
  if (transport.stack == kNoStack) return "-";
  std::vector<std::string_view> spoken;
  for (const auto& [name, version] : kHttpVersionNames) {
    if (speaks(transport, version)) spoken.push_back(name);
  }
  return fmt::format("{}", fmt::join(spoken, ", "));
}

std::string list_transports() {
  Table table{.columns = {{"transport", Align::left},
                          {"stack", Align::left},
                          {"version", Align::left},
                          {"HTTP", Align::left},
                          {"offers", Align::left},
                          {"by default", Align::left},
                          {"what it is", Align::left}},
              .rows = {}};
  std::string faults;
  static constexpr const char* kSuites[] = {"-", "yes", "beside", "reference"};
  for (const Transport* row : transports()) {
    table.rows.push_back({std::string(row->name), std::string(row->stack), row->version(),
                          versions_of(*row), offers(*row), kSuites[static_cast<int>(row->suite)],
                          std::string(row->summary)});
    if (const std::string fault = fault_of(*row); !fault.empty()) {
      faults += fmt::format("\n{} cannot be used: {}\n", row->name, fault);
    }
  }
  return to_text(table) + faults;
}

std::string list_scenarios() {
  Table table{.columns = {{"scenario", Align::left},
                          {"requests"},
                          {"mode", Align::left},
                          {"workers", Align::left},
                          {"what it is", Align::left}},
              .rows = {}};
  for (const EmbeddedFile& file : builtin_scenarios) {
    const Scenario scenario = load_scenario(std::string(file.name));
    table.rows.push_back({scenario.name, std::to_string(scenario.requests),
                          std::string(enum_name(scenario.mode, kModeNames)),
                          fmt::format("{}", fmt::join(scenario.workers, ",")), scenario.summary});
  }
  return to_text(table);
}

}  // namespace

std::string render_list(Topic topic) {
  if (topic == Topic::strategies) {
    return list_strategies() + "\n" + list_options() + "\n" + list_peers();
  }
  return topic == Topic::transports ? list_transports() : list_scenarios();
}

std::vector<Known> known(Topic topic) {
  std::vector<Known> found;
  const auto add = [&found](std::string_view name, std::string_view summary) {
    found.push_back({std::string(name), std::string(summary)});
  };
  if (topic == Topic::strategies) {
    for (const Strategy* row : strategies()) add(row->name, row->summary);
    for (const Program& row : peers()) add(row.name, row.summary);
  } else if (topic == Topic::transports) {
    for (const Transport* row : transports()) add(row->name, row->summary);
  } else if (topic == Topic::scenarios) {
    for (const EmbeddedFile& file : builtin_scenarios) {
      add(file.name, load_scenario(std::string(file.name)).summary);
    }
  }
  return found;
}

}  // namespace fanout
