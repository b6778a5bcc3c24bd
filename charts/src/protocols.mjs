// Versions of HTTP against each other: what a request costs, beside how long all of them take, for
// each number of requests in flight. What saves one may cost the other.

import { duration, number, short, withInterval, withUnit } from './parts/format.mjs';
import { frame, heightOf } from './parts/frame.mjs';
import { isNarrow } from './parts/look.mjs';
import { whiskers } from './parts/marks.mjs';
import { comparisonsOf, isBatch } from './parts/rows.mjs';
import { categoryAxis, linearAxis } from './parts/scales.mjs';
import { rowTooltip } from './parts/tooltip.mjs';

const CPU = {
  name: 'CPU per request', interval: ({ summary }) => summary.intervals.cpu_us_per_request,
  format: withUnit(number, 'us'), scale: 1,
  axis: { name: 'CPU time per request, us', format: short(number) },
};
const MAKESPAN = {
  name: 'makespan', interval: ({ summary }) => summary.makespan_ns, format: duration, scale: 1e-6,
  axis: { name: 'makespan, ms', format: short(number) },
};
const THROUGHPUT = {
  name: 'requests per second', interval: ({ summary }) => summary.intervals.requests_per_second,
  format: withUnit(number, 'req/s'), scale: 1,
  axis: { name: 'requests per second', format: short(number) },
};

// In modes other than batch the makespan is the length of a window or of a schedule.
const measuresOf = (documents, scenario) =>
  [CPU, isBatch(documents, scenario) ? MAKESPAN : THROUGHPUT];

const withRows = ({ rows }) => rows.length > 0;

// A line for the name of each comparison, and one for each of its rows.
const linesOf = (documents, scenario) => documents.flatMap((file) =>
  comparisonsOf(file, scenario).filter(withRows).flatMap((one) => [
    { name: `${one.strategy}, ${one.workers} in flight`
      + (documents.length > 1 ? ` · ${file.name}` : '') },
    ...one.rows.map((row) => ({ ...row, strategy: one.strategy })),
  ]));

const labelOf = ({ name, words, transport }, theme) => {
  if (name !== undefined) return `{name|${name}}`;
  return isNarrow(theme) ? `${words.replace(/ connections?$/, '')}\n${transport}`
    : `${words}, ${transport}`;
};

const hintOf = ({ cell }, measures) => measures.map(({ name, interval, format }) =>
  `${name} ${withInterval(format, interval(cell))}`).join('; ');

// Every version and number of connections has its colour, in all comparisons: none for HTTP/1.1.
const colourOf = ({ http, connections }, kinds, theme) => (http === undefined ? theme.axis
  : theme.colours[kinds.indexOf(String(connections ?? 'W')) % theme.colours.length]);

const kindsOf = (lines) => [...new Set(lines.filter(({ http }) => http !== undefined)
  .map(({ connections }) => String(connections ?? 'W')))];

const barOf = (line, { measure, measures, kinds, theme }) => (line.cell ? {
  value: measure.interval(line.cell).median * measure.scale,
  title: `${line.strategy}, ${line.words}, ${line.transport}`,
  hint: hintOf(line, measures),
  itemStyle: { color: colourOf(line, kinds, theme) },
} : { value: null });

const endOf = ({ cell }, y, { interval, format, scale }) => {
  const { median, ci_low: low, ci_high: high } = interval(cell);
  return {
    y, low: low === null ? null : low * scale, high: high === null ? null : high * scale,
    end: Math.max(median, high ?? 0) * scale, text: format(median),
  };
};

const seriesOf = (lines, look, panel) => {
  const axes = { xAxisIndex: panel, yAxisIndex: panel };
  const ends = lines.flatMap((line, y) => (line.cell ? [endOf(line, y, look.measure)] : []));
  return [
    { name: look.measure.name, type: 'bar', barWidth: '62%', z: 2, ...axes,
      data: lines.map((line) => barOf(line, look)) },
    { ...whiskers(look.measure.name, ends, look.theme), ...axes },
  ];
};

const GAP = 80;  // for the value behind the longest bar

// Side by side under one column of names, or one above the other where there is little room.
const gridsOf = (grid, theme, height) => {
  if (isNarrow(theme)) {
    const middle = grid.top + (height - grid.top - grid.bottom) / 2;
    return [{ ...grid, bottom: height - middle + 8 }, { ...grid, top: middle + 8 }];
  }
  const half = (theme.width - grid.left - grid.right) * 0.66;
  return [{ ...grid, right: theme.width - grid.left - half + GAP },
    { ...grid, left: grid.left + half }];
};

const namesAxis = (lines, theme, panel) => categoryAxis(theme, {
  gridIndex: panel, data: lines.map((line) => labelOf(line, theme)), inverse: true,
  axisLabel: { show: panel === 0 || isNarrow(theme), lineHeight: 15,
    fontSize: isNarrow(theme) ? 11 : 12,
    rich: { name: { fontWeight: 'bold', color: theme.text } } },
});

export const protocols = {
  id: 'protocols',
  title: 'HTTP versions',
  description: 'Median CPU time of the client for one request, and how long all of them took '
    + '(other modes than batch: requests per second), with 95 % intervals, by version of HTTP and '
    + 'connections. Loopback loses no packets, which all requests of a connection would wait for.',
  applies: (documents, scenario) =>
    documents.some((file) => comparisonsOf(file, scenario).some(withRows)),
  plotHeight: (documents, scenario, theme) => {
    const lines = linesOf(documents, scenario).length;
    return isNarrow(theme) ? 2 * (lines * 34 + 60) : lines * 27 + 60;
  },
  legend: () => [],
  build(documents, scenario, theme) {
    const lines = linesOf(documents, scenario);
    const measures = measuresOf(documents, scenario);
    const kinds = kindsOf(lines);
    const base = frame(this, documents, scenario, theme, GAP - 16);
    return {
      ...base,
      tooltip: { ...base.tooltip, ...rowTooltip },
      grid: gridsOf(base.grid, theme, heightOf(this, documents, scenario, theme)),
      xAxis: measures.map(({ axis }, gridIndex) =>
        ({ gridIndex, ...linearAxis(theme, 'x', axis) })),
      yAxis: measures.map((_, panel) => namesAxis(lines, theme, panel)),
      series: measures.flatMap((measure, panel) =>
        seriesOf(lines, { measure, measures, kinds, theme }, panel)),
    };
  },
};
