// Results over time: what one cell is by one measure in each, and its noise band. Values, bands and
// words are fanout's own (harness/document/history_json.h). It is no chart of the registry, since
// it draws no result documents.

import { duration, short } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { SYMBOLS } from './parts/look.mjs';
import { steps } from './parts/marks.mjs';
import { transportText } from './parts/rows.mjs';
import { categoryAxis, linearAxis } from './parts/scales.mjs';
import { hintsAt } from './parts/tooltip.mjs';

const BAND = 'noise band';
const OUTSIDE = 'outside its band';
const SQUARE = 'path://M-8,-5H8V5H-8Z';

const hasBand = ({ band_low_ns: low }) => low !== null;

const entriesOf = ({ drift_taken_out: corrected, points }, theme) => [
  { name: corrected ? 'value without drift' : 'value', kind: 'mark', colour: theme.colours[0],
    symbol: SYMBOLS[0], dash: '' },
  ...(points.some(hasBand)
    ? [{ name: BAND, kind: 'mark', colour: theme.axis, symbol: SQUARE, dash: '' }] : []),
  ...(points.some(({ left }) => left) ? [{ name: OUTSIDE, kind: 'mark', colour: theme.colours[1],
    symbol: SYMBOLS[3], dash: '' }] : []),
];

const hintOf = ({ drift_taken_out: corrected }, point) => [
  point.value_ns === null ? '' : duration(point.value_ns),
  point.value_ns !== null && corrected ? ` (measured ${duration(point.measured_ns)})` : '',
  hasBand(point) ? `; band ${duration(point.band_low_ns)} to ${duration(point.band_high_ns)}` : '',
  `; ${point.words}`,
].join('').replace(/^; /, '');

const values = (row, entry) => ({
  name: entry.name, type: 'line', symbol: entry.symbol, symbolSize: 9, showAllSymbol: true, z: 3,
  lineStyle: { width: 2, color: entry.colour }, itemStyle: { color: entry.colour },
  data: row.points.map((point, x) => ({ value: [x, point.value_ns], hint: hintOf(row, point) })),
});

// The first of them says by how much, towards the middle of the chart.
const outside = ({ points, first_left: first }, entry, theme) => ({
  name: entry.name, type: 'scatter', symbol: entry.symbol, symbolSize: [15, 18], silent: true, z: 4,
  itemStyle: { color: entry.colour, borderColor: theme.halo, borderWidth: 1, opacity: 1 },
  data: points.flatMap(({ left, value_ns: value, words }, x) => (left ? [{ value: [x, value],
    label: { show: x === first, position: x < points.length / 2 ? 'right' : 'left', distance: 10,
      formatter: () => `first ${words}`, color: theme.text, fontSize: 12, fontWeight: 'bold',
      textBorderColor: theme.halo, textBorderWidth: 3 } }] : [])),
});

const seriesOf = (row, theme) => entriesOf(row, theme).map((entry) => {
  if (entry.name === OUTSIDE) return outside(row, entry, theme);
  if (entry.name !== BAND) return values(row, entry);
  return steps(BAND, row.points.flatMap((point, x) => (hasBand(point)
    ? [{ x, low: point.band_low_ns, high: point.band_high_ns }] : [])), entry.colour);
});

const timeAxis = (results, theme) => categoryAxis(theme, {
  data: results.map(({ started_at: started }) =>
    `${started.slice(0, 10)}\n${started.slice(11, 16)}`),
  axisLabel: { color: theme.muted, interval: 'auto', hideOverlap: true, lineHeight: 16,
    fontSize: 12 },
});

// Does not begin at 0, where a band would be a line; ticks are no closer than the three digits of
// their labels can tell.
const valueAxis = ({ figure, points }, theme) => {
  const known = points.map(({ value_ns: value }) => value).filter((value) => value > 0);
  const digits = Math.floor(Math.log10(Math.max(1, ...known))) - 2;
  return {
    ...linearAxis(theme, 'y', { name: figure, format: short(duration) }),
    min: undefined, scale: true, boundaryGap: ['8%', '8%'], minInterval: 10 ** digits,
  };
};

// The chart of one row of a history, as those of the registry are, but for what it is drawn from.
export const historyChart = (row, results) => ({
  id: [row.measure, row.strategy, transportText(row).replaceAll(' ', '-'), row.workers].join('-'),
  title: `${row.figure} over ${results.length} results`,
  subtitle: `${row.scenario}: ${row.cell}`,
  description: 'Results in the order in which they were started. The band is where 99 of 100 '
    + 'further results of an unchanged cell lie, by those before, up to the first that left it. '
    + 'The vertical axis does not begin at 0.',
  notes: [row.words],
  plotHeight: () => 300,
  legend: (documents, scenario, theme) => entriesOf(row, theme),
  build(documents, scenario, theme) {
    const base = frame(this, documents, scenario, theme);
    const heading = (x) => `${results[x].started_at}: ${results[x].name}, commit `
      + `${results[x].commit || 'unknown'}`;
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis', formatter: hintsAt(heading) },
      xAxis: timeAxis(results, theme),
      yAxis: valueAxis(row, theme),
      series: seriesOf(row, theme),
    };
  },
});
