// Makespan bars against the lower bound: how fast, and how much faster could it have been?

import { barCells, bars, barsHeight } from './parts/bars.mjs';
import { duration, short, withInterval } from './parts/format.mjs';
import { drawnRows, isBatch, median, validRuns } from './parts/rows.mjs';

const BOUND = 'lower bound';

const lowerBound = (cell) => median(validRuns(cell).map(({ bound_ns: bound }) => bound));

// Of real targets no bound is known.
const hasBound = ({ summary }) => summary.efficiency !== null;

const hint = (cell) => withInterval(duration, cell.summary.makespan_ns)
  + (hasBound(cell) ? `; ${BOUND} ${duration(lowerBound(cell))}, `
    + `efficiency ${cell.summary.efficiency.toFixed(3)}` : '');

const boundMarks = (cells, theme) => ({
  name: BOUND, type: 'scatter', symbol: 'rect', symbolSize: [4, 24], z: 4, silent: true,
  itemStyle: { color: theme.text, borderColor: theme.background, borderWidth: 1 },
  data: cells.map(({ cell }, y) => ({ cell, y })).filter(({ cell }) => hasBound(cell))
    .map(({ cell, y }) => ({ value: [lowerBound(cell), y] })),
});

export const makespan = {
  id: 'makespan',
  title: 'Makespan against the lower bound',
  description: 'Median time for all requests with its 95 % interval, each strategy at its fastest '
    + 'number of workers. The mark is the lower bound: waiting for the server, or the own CPU '
    + 'of this client.',
  applies: (documents, scenario) => isBatch(documents, scenario)
    && drawnRows(documents, scenario).length > 0,
  plotHeight: barsHeight,
  legend: (documents, scenario, theme) =>
    (barCells(documents, scenario).some(({ cell }) => hasBound(cell)) ? [{ name: BOUND,
      kind: 'mark', colour: theme.text, symbol: 'path://M-2,-6H2V6H-2Z', dash: '' }] : []),
  build(documents, scenario, theme) {
    return bars(this, documents, scenario, theme, {
      interval: ({ summary }) => summary.makespan_ns, hint, format: duration, scale: 1,
      reach: lowerBound,
      axis: { name: 'makespan', format: short(duration) },
      more: [boundMarks(barCells(documents, scenario), theme)],
    });
  },
};
