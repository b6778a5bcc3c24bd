// Strategies that find their own number in flight: what was their limit, when? A run of each, with
// the server's true capacity beside it.

import { count, duration, number, short } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { lineEntry, referenceEntry, referenceLine } from './parts/lines.mjs';
import { drawnRows, median, validRuns } from './parts/rows.mjs';
import { linearAxis } from './parts/scales.mjs';
import { hintsAt } from './parts/tooltip.mjs';

const CAPACITY = "the server's capacity";

const momentsOf = (run) => run.limits?.over_time ?? [];

// The run whose length is the middle one: a mean of several would be the limit of none.
const typicalRun = (cell) => {
  const runs = validRuns(cell).filter((run) => momentsOf(run).length > 1);
  const middle = median(runs.map(({ makespan_ns }) => makespan_ns));
  return runs.sort((a, b) =>
    Math.abs(a.makespan_ns - middle) - Math.abs(b.makespan_ns - middle))[0];
};

// The row of each adaptive strategy, with its cell of the most workers and one run of that.
const drawn = (documents, scenario) => drawnRows(documents, scenario).flatMap((row) => {
  const run = typicalRun(row.cells.at(-1));
  return run ? [{ row, run }] : [];
});

// [[from_ns, in_flight]] of the first file that knows it.
const capacityOf = (documents, scenario) => documents.flatMap(({ document }) =>
  (document.capacities ?? []).filter((one) => one.scenario === scenario))[0]?.steps ?? [];

const timesOf = (lines) => lines.flatMap(({ run }) => momentsOf(run).map(([at]) => at));

const capacityLine = (steps, end, theme) => referenceLine(CAPACITY,
  [...steps, [end, steps.at(-1)[1]]], theme, { step: 'end' });

const limitLine = ({ row, run }, theme) => {
  const { colour, dash } = lineEntry(row, theme);
  return {
    name: row.name, type: 'line', symbol: 'none', step: 'end', z: 3,
    lineStyle: { type: dash, width: 2, color: colour }, itemStyle: { color: colour },
    data: momentsOf(run).map(([at, limit, inFlight]) => ({
      value: [Math.max(at, 0), limit],
      hint: `${row.name}: at most ${number(limit)}, ${count(inFlight)} in flight`,
    })),
  };
};

export const limits = {
  id: 'limits',
  title: 'Limit over time',
  description: 'How many requests an adaptive strategy allowed itself in flight, in the run of its '
    + "middle length. The server's capacity is the places it has, or what its rate keeps in flight.",
  applies: (documents, scenario) => drawn(documents, scenario).length > 0,
  plotHeight: () => 320,
  legend: (documents, scenario, theme) => [
    ...drawn(documents, scenario).map(({ row }) => ({ ...lineEntry(row, theme), symbol: '' })),
    ...(capacityOf(documents, scenario).length ? [referenceEntry(CAPACITY, theme)] : []),
  ],
  build(documents, scenario, theme) {
    const lines = drawn(documents, scenario);
    const steps = capacityOf(documents, scenario);
    const end = Math.max(...timesOf(lines));
    const base = frame(this, documents, scenario, theme, 12);
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis',
        formatter: hintsAt((at) => `after ${duration(at)}`) },
      xAxis: linearAxis(theme, 'x', { name: 'time since the start', format: short(duration) }),
      yAxis: linearAxis(theme, 'y', { name: 'requests in flight, at most', format: short(count) }),
      series: [
        ...(steps.length ? [capacityLine(steps.filter(([from]) => from <= end), end, theme)] : []),
        ...lines.map((line) => limitLine(line, theme)),
      ],
    };
  },
};
