// Horizontal bars: one for each row, at its fastest number of workers, with whisker and value.

import { workers } from './format.mjs';
import { frame } from './frame.mjs';
import { colourOf, decalOf, isNarrow } from './look.mjs';
import { whiskers } from './marks.mjs';
import { bestCells, drawnRows } from './rows.mjs';
import { categoryAxis, linearAxis } from './scales.mjs';
import { rowTooltip } from './tooltip.mjs';

export const barCells = (documents, scenario) => bestCells(drawnRows(documents, scenario));

export const barTitle = ({ row, cell }) => `${row.name}, ${workers(cell.workers)}`;

// Broken into two lines where there is little room: before the file, or the workers.
const barLabel = (bar, theme) =>
  (isNarrow(theme) ? barTitle(bar).replace(/ · |, /, '\n') : barTitle(bar));

export const barsHeight = (documents, scenario, theme) =>
  barCells(documents, scenario).length * (isNarrow(theme) ? 44 : 30) + 60;

export const barAxis = (bars, theme) => categoryAxis(theme, {
  data: bars.map((bar) => barLabel(bar, theme)), inverse: true,
  axisLabel: { lineHeight: 16, fontSize: isNarrow(theme) ? 11 : 12 },
});

const measured = (bars, theme, { interval, hint, scale }) => ({
  name: 'median', type: 'bar', barWidth: '62%', z: 2,
  data: bars.map((bar) => ({
    value: interval(bar.cell).median * scale,
    title: barTitle(bar),
    hint: hint(bar.cell),
    itemStyle: { color: colourOf(bar.row, theme), decal: decalOf(bar.row, theme) },
  })),
});

const ends = (bars, { interval, format, scale, reach }) => bars.map(({ cell }, y) => {
  const { median, ci_low: low, ci_high: high } = interval(cell);
  return {
    y,
    low: low === null ? null : low * scale,
    high: high === null ? null : high * scale,
    end: Math.max(median, high ?? 0, reach?.(cell) ?? 0) * scale,
    text: format(median),
  };
});

// `measure`: interval(cell), hint(cell) on hover, format of the value in the document's unit;
// `scale` turns that unit into the axis', `reach(cell)` is how far other marks go.
export const bars = (chart, documents, scenario, theme, { axis, more = [], ...measure }) => {
  const all = barCells(documents, scenario);
  const base = frame(chart, documents, scenario, theme, 64);
  return {
    ...base,
    tooltip: { ...base.tooltip, ...rowTooltip },
    xAxis: linearAxis(theme, 'x', axis),
    yAxis: barAxis(all, theme),
    series: [measured(all, theme, measure), ...more, whiskers('median', ends(all, measure), theme)],
  };
};
