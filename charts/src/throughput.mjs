// Throughput against workers: where do more workers stop to pay?

import { number, short, withInterval, withUnit, workers as workersText } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { lineEntry, referenceEntry, referenceLine, rowLine } from './parts/lines.mjs';
import { colourOf, SYMBOLS } from './parts/look.mjs';
import { drawnRows, isSweep, median, validRuns, workersOf } from './parts/rows.mjs';
import { logAxis } from './parts/scales.mjs';
import { hintsAt } from './parts/tooltip.mjs';

const IDEAL = 'ideal: workers / hold time';
const perSecond = withUnit(number, 'req/s');

// How long the server held a request, in the row that waited least: the latency no client can
// beat. 0: there is no embedded server.
const meanHold = (rows) => {
  const holds = rows.map(({ cells }) => cells.flatMap(validRuns)
    .map(({ server }) => server?.hold_ns.mean ?? 0).filter((hold) => hold > 0));
  const waited = holds.filter((row) => row.length).map(median);
  return waited.length ? Math.min(...waited) : 0;
};

const idealLine = (rows, workers, theme) => {
  const hold = meanHold(rows);
  if (hold === 0) return [];
  const points = workers.map((w) => [w, w / hold * 1e9]);
  return [referenceLine(IDEAL, points.map((value) =>
    ({ value, hint: `${IDEAL}: ${perSecond(value[1])}` })), theme)];
};

const pointOf = (row) => ({ workers, summary }) => {
  const interval = summary.intervals.requests_per_second;
  return { x: workers, y: summary.requests_per_second, low: interval.ci_low, high: interval.ci_high,
    hint: `${row.name}: ${withInterval(perSecond, interval)}` };
};

const knee = (row, theme) => {
  const cell = row.cells.find(({ workers }) => workers === row.sweep?.knee_workers);
  if (!cell) return [];
  return [{
    name: row.name, type: 'scatter', symbol: SYMBOLS[0], symbolSize: 18, silent: true, z: 4,
    itemStyle: { color: 'transparent', borderColor: colourOf(row, theme), borderWidth: 2,
      opacity: 1 },
    label: { show: true, position: row.sweep.knee_at_end ? 'right' : 'top',
      formatter: `${cell.workers}${row.sweep.knee_at_end ? '+' : ''}`, color: theme.text, fontSize: 12, fontWeight: 'bold',
      textBorderColor: theme.halo, textBorderWidth: 3 },
    labelLayout: { hideOverlap: true },
    data: [{ value: [cell.workers, cell.summary.requests_per_second] }],
  }];
};

export const throughput = {
  id: 'throughput',
  title: 'Throughput against workers',
  description: 'Median requests per second with the band of its 95 % interval, both axes '
    + 'logarithmic. Ring and number: the knee, the fewest workers whose interval reaches '
    + '95 % of the best throughput (+: the most tested).',
  applies: isSweep,
  plotHeight: () => 400,
  legend: (documents, scenario, theme) => {
    const rows = drawnRows(documents, scenario);
    return [...rows.map((row) => lineEntry(row, theme)),
      ...(meanHold(rows) ? [referenceEntry(IDEAL, theme)] : [])];
  },
  build(documents, scenario, theme) {
    const rows = drawnRows(documents, scenario);
    const workers = workersOf(rows);
    const series = [
      ...idealLine(rows, workers, theme),
      ...rows.flatMap((row) => rowLine(row, row.cells.map(pointOf(row)), theme)),
      ...rows.flatMap((row) => knee(row, theme)),
    ];
    const values = series.filter(({ type }) => type === 'line')
      .flatMap(({ data }) => data.map(({ value }) => value[1]));
    const base = frame(this, documents, scenario, theme, 28);
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis', formatter: hintsAt(workersText) },
      xAxis: logAxis(theme, 'x', { name: 'workers', format: String, values: workers,
        ticks: workers }),
      yAxis: logAxis(theme, 'y', { name: 'requests per second', format: short(number), values }),
      series,
    };
  },
};
