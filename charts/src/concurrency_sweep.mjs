// Connections and requests in flight against the workers asked for: where does the concurrency
// achieved leave the diagonal?

import { ASKED, hasServer, hint } from './concurrency.mjs';
import { count, short, workers as workersText } from './parts/format.mjs';
import { frame, heightOf } from './parts/frame.mjs';
import { lineEntry, referenceEntry, referenceLine, rowLine } from './parts/lines.mjs';
import { isNarrow } from './parts/look.mjs';
import { drawnRows, isSweep, workersOf } from './parts/rows.mjs';
import { logAxis } from './parts/scales.mjs';
import { hintsAt } from './parts/tooltip.mjs';

const PANELS = [
  { name: 'peak in flight', of: ({ summary }) => summary.peak_in_flight },
  { name: 'connections', of: ({ summary }) => summary.connections },
];

const diagonal = (workers, panel, theme) => referenceLine(ASKED,
  workers.map((w) => ({ value: [w, w] })), theme, { xAxisIndex: panel, yAxisIndex: panel });

const panelSeries = (rows, workers, theme) => PANELS.flatMap(({ of }, panel) => [
  diagonal(workers, panel, theme),
  ...rows.flatMap((row) => rowLine(row, row.cells.map((cell) => ({
    x: cell.workers, y: of(cell), low: null, high: null, hint: `${row.name}: ${hint(cell)}`,
  })), theme, { xAxisIndex: panel, yAxisIndex: panel })),
]);

// Side by side, or one above the other where there is little room.
const panelGrids = (grid, theme, height) => {
  const inner = theme.width - grid.left - grid.right;
  if (isNarrow(theme)) {
    const middle = grid.top + (height - grid.top - grid.bottom) / 2;
    return [{ ...grid, bottom: height - middle + 20 }, { ...grid, top: middle + 20 }];
  }
  const half = inner / 2 + 12;
  return [{ ...grid, right: grid.right + half }, { ...grid, left: grid.left + half }];
};

const served = (documents, scenario) =>
  drawnRows(documents, scenario).filter(({ cells }) => cells.every(hasServer));

export const concurrencySweep = {
  id: 'concurrency',
  title: 'Connections and requests in flight against workers',
  description: 'Most requests in flight at once and connections opened, as the server counted '
    + 'them, against the workers asked for; all axes logarithmic.',
  applies: (documents, scenario) =>
    isSweep(documents, scenario) && served(documents, scenario).length > 0,
  plotHeight: (documents, scenario, theme) => (isNarrow(theme) ? 620 : 340),
  legend: (documents, scenario, theme) => [
    ...served(documents, scenario).map((row) => lineEntry(row, theme)),
    referenceEntry(ASKED, theme)],
  build(documents, scenario, theme) {
    const rows = served(documents, scenario);
    const workers = workersOf(rows);
    const base = frame(this, documents, scenario, theme);
    const series = panelSeries(rows, workers, theme);
    const values = series.flatMap(({ data }) => data.map(({ value }) => value[1]));
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis', formatter: hintsAt(workersText) },
      grid: panelGrids(base.grid, theme, heightOf(this, documents, scenario, theme)),
      xAxis: PANELS.map((_, gridIndex) => ({ gridIndex, ...logAxis(theme, 'x', { name: 'workers',
        format: String, values: workers, ticks: workers }) })),
      yAxis: PANELS.map(({ name }, gridIndex) => ({ gridIndex, ...logAxis(theme, 'y', { name,
        format: short(count), values }) })),
      series,
    };
  },
};
