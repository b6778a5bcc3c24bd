// Was the concurrency that was asked for achieved? Connections and requests in flight, as the
// server counted them: a line of marks for each row. For a sweep see concurrency_sweep.mjs.

import { barAxis, barCells, barsHeight, barTitle } from './parts/bars.mjs';
import { count, short } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { isSweep } from './parts/rows.mjs';
import { logAxis } from './parts/scales.mjs';
import { rowTooltip } from './parts/tooltip.mjs';

export const ASKED = 'asked: workers';

// Without the embedded server nobody counts: with the stack `none`, or at real targets.
export const hasServer = ({ stack, summary }) => stack !== 'none' && summary.connections !== null;

export const hint = ({ workers, summary }) => `${count(workers)} asked, `
  + `${count(summary.peak_in_flight)} in flight, ${count(summary.connections)} connections`;

const MARKS = [
  { name: ASKED, of: ({ workers }) => workers, symbol: 'path://M-2,-10H2V10H-2Z', colour: 'axis',
    size: [4, 22] },
  { name: 'peak in flight', of: ({ summary }) => summary.peak_in_flight,
    symbol: 'path://M0,-5A5,5 0 1,1 0,5A5,5 0 1,1 0,-5Z', colour: 0, size: 11 },
  { name: 'connections', of: ({ summary }) => summary.connections,
    symbol: 'path://M0,-6L5,0L0,6L-5,0Z', colour: 1, size: 17, hollow: true },
];

const colourOfMark = ({ colour }, theme) => theme[colour] ?? theme.colours[colour];

const marksOf = (mark, bars, theme) => {
  const colour = colourOfMark(mark, theme);
  return {
    name: mark.name, type: 'scatter', symbol: mark.symbol, symbolSize: mark.size,
    itemStyle: mark.hollow
      ? { color: 'transparent', borderColor: colour, borderWidth: 2, opacity: 1 }
      : { color: colour, opacity: 1 },
    data: bars.map((bar, y) => ({ value: [mark.of(bar.cell), y], title: barTitle(bar),
      hint: hint(bar.cell) })),
  };
};

const servedCells = (documents, scenario) =>
  barCells(documents, scenario).filter(({ cell }) => hasServer(cell));

export const concurrency = {
  id: 'concurrency',
  title: 'Connections and requests in flight',
  description: 'Most requests in flight at once and connections opened, as the server counted '
    + 'them, against the workers asked for. Logarithmic.',
  applies: (documents, scenario) =>
    !isSweep(documents, scenario) && servedCells(documents, scenario).length > 0,
  plotHeight: barsHeight,
  legend: (documents, scenario, theme) => MARKS.map((mark) => ({
    name: mark.name, kind: 'mark', colour: colourOfMark(mark, theme), symbol: mark.symbol, dash: '',
    hollow: mark.hollow })),
  build(documents, scenario, theme) {
    const bars = servedCells(documents, scenario);
    const base = frame(this, documents, scenario, theme, 12);
    const values = MARKS.flatMap((mark) => bars.map(({ cell }) => mark.of(cell)));
    return {
      ...base,
      tooltip: { ...base.tooltip, ...rowTooltip },
      xAxis: logAxis(theme, 'x', { name: 'requests or connections', format: short(count), values }),
      yAxis: barAxis(bars, theme),
      series: MARKS.map((mark) => marksOf(mark, bars, theme)),
    };
  },
};
