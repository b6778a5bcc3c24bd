// The charts, in the order they are shown. A chart is
//   id, title, description     for file names, headings and captions
//   applies(documents, scenario)              whether it makes sense for what was measured
//   plotHeight(documents, scenario, theme)    pixels, without title, legend and notes
//   legend(documents, scenario, theme)        [{name, kind, colour, symbol, dash, hollow, column}]
//   build(documents, scenario, theme)         the ECharts option
//   subtitle, notes            where they are not to be made of the documents
// `documents` is [{name, document}], made by parts/rows.mjs `withDistinctNames`; `theme` by
// parts/look.mjs `themeOf`. All are pure functions: no page, no file, no clock.

import { concurrency } from './concurrency.mjs';
import { concurrencySweep } from './concurrency_sweep.mjs';
import { bandwidth, cpu, memory, response } from './cost.mjs';
import { efficiency } from './efficiency.mjs';
import { latency } from './latency.mjs';
import { limits } from './limits.mjs';
import { makespan } from './makespan.mjs';
import { pareto } from './pareto.mjs';
import { phases } from './phases.mjs';
import { protocols } from './protocols.mjs';
import { throughput } from './throughput.mjs';

export const charts = [
  throughput, makespan, pareto, protocols, bandwidth, response, phases, latency, limits, cpu,
  memory, efficiency, concurrency, concurrencySweep];

// Every chart to draw for these files: [{chart, scenario, documents}], scenario by scenario.
// A chart sees all files, also those without the scenario: colours must not depend on it.
export const chartsOf = (documents, scenarios) => scenarios.flatMap((scenario) =>
  charts.filter((chart) => chart.applies(documents, scenario))
    .map((chart) => ({ chart, scenario, documents })));
