// Efficiency heat map, strategy x workers: who comes near the lower bound, and up to where?

import { barTitle } from './parts/bars.mjs';
import { frame } from './parts/frame.mjs';
import { ratio, withInterval } from './parts/format.mjs';
import { between, FONT, isNarrow } from './parts/look.mjs';
import { drawnRows, isSweep, workersOf } from './parts/rows.mjs';
import { categoryAxis } from './parts/scales.mjs';
import { hintOf } from './parts/tooltip.mjs';

const GAP = 1;

// Broken into two lines where there is little room: before the transport, or the file.
const labelOf = (row, theme) =>
  (isNarrow(theme) ? row.name.replace(/ · |(?=\/)/, '\n') : row.name);

// Of real targets none is known.
const isKnown = ({ summary }) => summary.efficiency !== null;

const tilesOf = (rows, workers) => rows.flatMap((row, y) =>
  row.cells.filter(isKnown).map((cell) => ({
    value: [workers.indexOf(cell.workers), y, cell.summary.efficiency],
    title: barTitle({ row, cell }),
    hint: `efficiency ${withInterval(ratio, cell.summary.intervals.efficiency)}`,
  })));

const tile = (theme) => (_, api) => {
  const share = Math.min(1, api.value(2));
  const [x, y] = api.coord([api.value(0), api.value(1)]);
  const [width, height] = api.size([1, 1]).map((side) => side - 2 * GAP);
  return {
    type: 'group',
    children: [
      { type: 'rect', shape: { x: x - width / 2, y: y - height / 2, width, height },
        style: { fill: between(theme.low, theme.high, share) } },
      { type: 'text', x, y, silent: true,
        style: { text: share.toFixed(2), align: 'center', verticalAlign: 'middle',
          font: `${isNarrow(theme) ? 10 : 12}px ${FONT}`,
          fill: share > 0.55 ? theme.background : theme.text } },
    ],
  };
};

export const efficiency = {
  id: 'efficiency',
  title: 'Efficiency by strategy and workers',
  description: 'Lower bound divided by the makespan, median over the runs. The bound is waiting '
    + 'for the server with so many workers, or the own CPU of this client.',
  applies: (documents, scenario) => isSweep(documents, scenario)
    && drawnRows(documents, scenario).some(({ cells }) => cells.some(isKnown)),
  plotHeight: (documents, scenario, theme) =>
    drawnRows(documents, scenario).length * (isNarrow(theme) ? 34 : 30) + 60,
  legend: () => [],
  build(documents, scenario, theme) {
    const rows = drawnRows(documents, scenario);
    const workers = workersOf(rows);
    const base = frame(this, documents, scenario, theme);
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'item', formatter: hintOf },
      xAxis: categoryAxis(theme, { data: workers.map(String), name: 'workers',
        nameLocation: 'middle', nameGap: 30 }),
      yAxis: categoryAxis(theme, { data: rows.map((row) => labelOf(row, theme)), inverse: true,
        axisLabel: { fontSize: isNarrow(theme) ? 11 : 12 } }),
      series: [{ name: 'efficiency', type: 'custom', renderItem: tile(theme),
        encode: { x: 0, y: 1 }, data: tilesOf(rows, workers) }],
    };
  },
};
