#include "harness/document/analysis_json.h"

#include "harness/document/json_write.h"
#include "harness/scenario/capacity_steps.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json median_or_null(const std::optional<Interval>& interval) {
  return interval ? Json(interval->median) : Json(nullptr);
}

Json percentiles_to_json(const Summary& summary) {
  Json points = Json::array();
  for (const PercentilePoint& point : summary.latency_by_percentile) {
    Json row = interval_to_json(point.latency_ns);
    row["percentile"] = point.percentile;
    points.push_back(std::move(row));
  }
  return points;
}

Json limits_to_json(const std::optional<LimitsSummary>& limits) {
  if (!limits) return nullptr;
  return {{"refused_share", interval_to_json(limits->refused_share)},
          {"overshoot", interval_or_null(limits->overshoot)},
          {"fairness", interval_or_null(limits->fairness)},
          {"settle_ns", interval_or_null(limits->settle_ns)},
          {"settled_runs", limits->settled_runs}};
}

Json hedges_to_json(const std::optional<HedgesSummary>& hedges) {
  if (!hedges) return nullptr;
  return {{"sent_share", interval_to_json(hedges->sent_share)},
          {"won_share", interval_to_json(hedges->won_share)}};
}

Json bodies_to_json(const std::optional<BodiesSummary>& bodies) {
  if (!bodies) return nullptr;
  return {{"mb_per_second", interval_to_json(bodies->mb_per_second)},
          {"cpu_s_per_gib", interval_to_json(bodies->cpu_s_per_gib)}};
}

Json phases_to_json(const std::optional<PhasesSummary>& phases) {
  if (!phases) return nullptr;
  return {{"queue_ns", interval_to_json(phases->queue_ns)},
          {"connect_ns", interval_to_json(phases->connect_ns)},
          {"handshake_ns", interval_to_json(phases->handshake_ns)},
          {"first_byte_ns", interval_to_json(phases->first_byte_ns)},
          {"body_ns", interval_to_json(phases->body_ns)}};
}

Json usl_to_json(const Scalability& found) {
  const auto of_fit = [&](double Usl::*coefficient) {
    return found.usl ? Json((*found.usl).*coefficient) : Json(nullptr);
  };
  return {{"points", found.points},
          {"lambda", of_fit(&Usl::lambda)},
          {"sigma", of_fit(&Usl::sigma)},
          {"kappa", of_fit(&Usl::kappa)},
          {"kappa_low", or_null(found.kappa.low)},
          {"kappa_high", or_null(found.kappa.high)},
          {"residual", of_fit(&Usl::residual)},
          {"noise", or_null(found.noise)},
          {"peak_workers", or_null(found.peak)},
          {"declined", found.why_no_peak}};
}

Json pick_to_json(const std::optional<Cell>& cell) {
  return cell ? cell_in_scenario(*cell) : Json(nullptr);
}

// Of a scenario with variants it may be of one of these.
Json use_to_json(const std::optional<Cell>& cell) {
  Json json = pick_to_json(cell);
  if (cell) json["scenario"] = cell->scenario;
  return json;
}

Json sweep_to_json(const Sweep& sweep) {
  const Cell& cell = sweep.at_knee;
  Json json{{"strategy", cell.strategy},
            {"transport", cell.transport},
            {"stack", cell.stack},
            {"scenario", cell.scenario},
            {"best_workers", sweep.best_workers},
            {"most_workers", sweep.most_workers},
            {"knee_workers", sweep.knee_workers()},
            {"knee_at_end", sweep.knee_at_end()},
            {"model_knee_workers", or_null(sweep.model_knee_workers)},
            {"usl", usl_to_json(sweep.scalability)},
            {"memory_bytes_per_worker", interval_or_null(sweep.memory_bytes_per_worker)},
            {"words", in_words(sweep)}};
  add_protocol(json, cell);
  return json;
}

}  // namespace

Json summary_to_json(const Summary& summary) {
  return {
      {"valid_runs", summary.valid_runs},
      {"total_runs", summary.total_runs},
      {"noisy_runs", summary.noisy_runs},
      {"makespan_ns", interval_to_json(summary.makespan_ns)},
      {"requests_per_second", summary.requests_per_second.median},
      {"efficiency", median_or_null(summary.efficiency)},
      {"cpu_us_per_request", summary.cpu_us_per_request.median},
      {"latency_p50_ns", summary.latency_p50_ns.median},
      {"latency_p99_ns", summary.latency_p99_ns.median},
      {"response_p50_ns", median_or_null(summary.response_p50_ns)},
      {"response_p99_ns", median_or_null(summary.response_p99_ns)},
      {"achieved_share", median_or_null(summary.achieved_share)},
      {"peak_memory_bytes", summary.peak_memory_bytes.median},
      {"context_switches_per_request", summary.context_switches_per_request.median},
      {"success_share", summary.success_share.median},
      {"timed_out_share", summary.timed_out_share},
      {"goodput_per_second", summary.goodput_per_second.median},
      {"amplification", summary.amplification.median},
      {"latency_by_percentile_ns", percentiles_to_json(summary)},
      {"connections", or_null(summary.connections)},
      {"peak_in_flight", or_null(summary.peak_in_flight)},
      {"limited_by", name_of(summary.limited_by)},
      {"limits", limits_to_json(summary.limits)},
      {"hedges", hedges_to_json(summary.hedges)},
      {"work_us_per_answer", interval_or_null(summary.work_us_per_answer)},
      {"phases", phases_to_json(summary.phases)},
      {"bodies", bodies_to_json(summary.bodies)},
      {"intervals",
       {{"requests_per_second", interval_to_json(summary.requests_per_second)},
        {"efficiency", interval_or_null(summary.efficiency)},
        {"cpu_us_per_request", interval_to_json(summary.cpu_us_per_request)},
        {"latency_p50_ns", interval_to_json(summary.latency_p50_ns)},
        {"latency_p99_ns", interval_to_json(summary.latency_p99_ns)},
        {"response_p50_ns", interval_or_null(summary.response_p50_ns)},
        {"response_p99_ns", interval_or_null(summary.response_p99_ns)},
        {"achieved_share", interval_or_null(summary.achieved_share)},
        {"peak_memory_bytes", interval_to_json(summary.peak_memory_bytes)},
        {"context_switches_per_request", interval_to_json(summary.context_switches_per_request)},
        {"success_share", interval_to_json(summary.success_share)},
        {"goodput_per_second", interval_to_json(summary.goodput_per_second)},
        {"amplification", interval_to_json(summary.amplification)}}}};
}

Json families_to_json(const Analysis& analysis) {
  Json rows = Json::array();
  for (const Family& family : analysis.families) {
    Json cells = Json::array();
    for (const CellReport* cell : family.cells) {
      cells.push_back(cell_in_scenario(cell->cell));
      cells.back()["scenario"] = cell->cell.scenario;
    }
    rows.push_back({{"scenario", family.base->name},
                    {"cells", std::move(cells)},
                    {"verdicts", verdicts_to_json(family.verdicts)},
                    {"lines", family.lines}});
  }
  return rows;
}

Json capacities_to_json(const Analysis& analysis) {
  Json rows = Json::array();
  for (const ScenarioAnalysis& found : analysis.scenarios) {
    Json steps = Json::array();
    for (const CapacityStep& step : capacity_steps(*found.scenario)) {
      steps.push_back({step.from_ns, step.in_flight});
    }
    if (!steps.empty()) rows.push_back({{"scenario", found.scenario->name}, {"steps", steps}});
  }
  return rows;
}

Json sweeps_to_json(const Analysis& analysis) {
  Json rows = Json::array();
  for (const ScenarioAnalysis& scenario : analysis.scenarios) {
    for (const Sweep& sweep : scenario.sweeps) rows.push_back(sweep_to_json(sweep));
  }
  return rows;
}

Json recommendations_to_json(const Analysis& analysis) {
  Json rows = Json::array();
  for (const ScenarioAnalysis& scenario : analysis.scenarios) {
    const auto& found = scenario.recommendation;
    if (!found) continue;
    rows.push_back({{"scenario", found->scenario},
                    {"lines", found->lines},
                    {"answer", found->answer.lines},
                    {"use", use_to_json(found->answer.use)},
                    {"best", pick_to_json(found->fastest)},
                    {"cheapest", pick_to_json(found->cheapest)},
                    {"simplest", pick_to_json(found->simplest)}});
  }
  return rows;
}

Json originals_to_json(const Analysis& analysis) {
  Json rows = Json::array();
  for (const ScenarioAnalysis& scenario : analysis.scenarios) {
    for (const Original& original : scenario.originals) {
      const Cell& cell = original.cell->cell;
      Json json = cell_in_scenario(cell);
      json["scenario"] = cell.scenario;
      json["program"] = original.program->cell.strategy;
      json["cpu_ratio"] = interval_or_null(original.cpu_ratio);
      rows.push_back(std::move(json));
    }
  }
  return rows;
}

Json conditions_to_json(const Analysis& analysis) {
  Json list = Json::array();
  for (const Checked& one : analysis.conditions) {
    Json json = cell_in_scenario(one.cell);
    json["scenario"] = one.cell.scenario;
    json["condition"] = one.condition;
    json["failed"] = one.failed;
    json["words"] = one.words;
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace fanout
