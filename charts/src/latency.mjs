// Latency by percentile: what do the slowest requests wait?

import { barTitle } from './parts/bars.mjs';
import { duration, short, withInterval } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { lineEntry, rowLine } from './parts/lines.mjs';
import { bestCells, drawnRows } from './parts/rows.mjs';
import { isLogWorthy, linearAxis, logAxis } from './parts/scales.mjs';
import { hintsAt } from './parts/tooltip.mjs';

const LABELLED = [50, 90, 99, 99.9, 99.99];

// One request in so many is slower than the percentile. Rounded: 1 - 0.999 is not 0.001.
export const tail = (percentile) => Number((100 / (100 - percentile)).toPrecision(9));
const percentileAt = (one) => Number((100 - 100 / one).toPrecision(6));

const levelsOf = ({ cell }) => cell.summary.latency_by_percentile_ns;

const pointsOf = ({ row, cell }) => levelsOf({ cell }).map((level) => ({
  x: tail(level.percentile), y: level.median, low: level.ci_low, high: level.ci_high,
  hint: `${barTitle({ row, cell })}: ${withInterval(duration, level)}`,
}));

const drawn = (documents, scenario) =>
  bestCells(drawnRows(documents, scenario)).filter((each) => levelsOf(each).length > 1);

const latencyAxis = (theme, values) => {
  const what = { format: short(duration), values };
  return isLogWorthy(values)
    ? logAxis(theme, 'y', { ...what, name: 'latency, logarithmic' })
    : linearAxis(theme, 'y', { ...what, name: 'latency' });
};

export const latency = {
  id: 'latency',
  title: 'Latency by percentile',
  description: 'Service time of successful requests, each strategy at its fastest number of '
    + 'workers: median over the runs, with the band of its 95 % interval. To the right '
    + 'requests are rarer, on a logarithmic axis.',
  applies: (documents, scenario) => drawn(documents, scenario).length > 0,
  plotHeight: () => 380,
  legend: (documents, scenario, theme) =>
    drawn(documents, scenario).map(({ row }) => lineEntry(row, theme)),
  build(documents, scenario, theme) {
    const lines = drawn(documents, scenario).map((each) => ({ ...each, points: pointsOf(each) }));
    const points = lines.flatMap((each) => each.points);
    const base = frame(this, documents, scenario, theme);
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis',
        formatter: hintsAt((one) => `${percentileAt(one)} % are faster than`) },
      xAxis: logAxis(theme, 'x', { name: 'percentile', values: points.map(({ x }) => x),
        ticks: [...LABELLED.map(tail), Math.max(...points.map(({ x }) => x))],
        format: (one) => `${percentileAt(one)} %` }),
      yAxis: latencyAxis(theme, points.map(({ y }) => y)),
      series: lines.flatMap((each) => rowLine(each.row, each.points, theme)),
    };
  },
};
