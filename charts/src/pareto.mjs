// Time against cost: which cells are not beaten in both? The others are pale.

import { duration, number, short, withInterval, withUnit, workers } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { lineEntry, referenceEntry, referenceLine } from './parts/lines.mjs';
import { FONT, isNarrow } from './parts/look.mjs';
import { drawnRows, isBatch, isSweep } from './parts/rows.mjs';
import { isLogWorthy, linearAxis, logAxis } from './parts/scales.mjs';
import { hintOf } from './parts/tooltip.mjs';

const FRONTIER = 'not beaten in time and CPU';
const PALE = 0.35;
const FEW = 4;  // rows whose legend fits on a line; of more it is a column

const timeOf = ({ summary }) => summary.makespan_ns;
const costOf = ({ summary }) => summary.intervals.cpu_us_per_request;
const cpu = withUnit(number, 'us');

// Every cell with its row, the shortest first. With equal times the cheapest is first.
const pointsOf = (documents, scenario) => drawnRows(documents, scenario)
  .flatMap((row) => row.cells.map((cell) => ({ row, cell })))
  .sort((a, b) => timeOf(a.cell).median - timeOf(b.cell).median
    || costOf(a.cell).median - costOf(b.cell).median);

// Those that no other cell beats in both, by medians.
export const frontierOf = (points) => {
  let least = Infinity;
  return points.filter(({ cell }) => {
    const better = costOf(cell).median < least;
    least = Math.min(least, costOf(cell).median);
    return better;
  });
};

const nameOf = ({ row, cell }, sweep) =>
  (sweep ? `${row.name}, ${workers(cell.workers)}` : row.name);

// Without the file, which the mark tells; broken where there is little room.
const labelOf = (point, sweep, theme) => {
  const label = nameOf(point, sweep).replace(/ · [^,]*/, '');
  return isNarrow(theme) ? label.replace(/(?=\/)|, /, '\n') : label;
};

const scatter = (row, points, frontier, sweep, theme) => {
  const { colour, symbol } = lineEntry(row, theme);
  return {
    name: row.name, type: 'scatter', symbol, symbolSize: 11, z: 4,
    itemStyle: { color: colour },
    data: points.map((point) => {
      const named = frontier.includes(point);
      return {
        value: [timeOf(point.cell).median, costOf(point.cell).median],
        title: nameOf(point, sweep),
        hint: `${withInterval(duration, timeOf(point.cell))}; `
          + `${withInterval(cpu, costOf(point.cell))} of CPU per request`,
        itemStyle: { opacity: named ? 1 : PALE },
        label: { show: named, formatter: labelOf(point, sweep, theme), position: 'right',
          color: theme.text, fontSize: isNarrow(theme) ? 10 : 12, fontFamily: FONT,
          lineHeight: 15, textBorderColor: theme.halo, textBorderWidth: 3 },
      };
    }),
    labelLayout: { hideOverlap: true },
  };
};

// The intervals of both figures.
const crosses = (row, points, frontier, theme) => {
  const known = points.filter(({ cell }) => timeOf(cell).ci_low !== null);
  const { colour } = lineEntry(row, theme);
  return {
    name: row.name, type: 'custom', silent: true, clip: true, z: 3, tooltip: { show: false },
    itemStyle: { color: colour },
    dimensions: ['from', 'to', 'low', 'high'], encode: { x: [0, 1], y: [2, 3] },
    data: known.map(({ cell }) => [timeOf(cell).ci_low, timeOf(cell).ci_high,
      costOf(cell).ci_low, costOf(cell).ci_high]),
    renderItem: ({ dataIndex }, api) => {
      const { cell } = known[dataIndex];
      const [time, cost] = [timeOf(cell), costOf(cell)];
      const line = (from, to) => {
        const [[x1, y1], [x2, y2]] = [api.coord(from), api.coord(to)];
        return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.5,
          opacity: frontier.includes(known[dataIndex]) ? 1 : PALE } };
      };
      return { type: 'group', children: [
        line([time.ci_low, cost.median], [time.ci_high, cost.median]),
        line([time.median, cost.ci_low], [time.median, cost.ci_high])] };
    },
  };
};

const axis = (theme, side, intervals, words) => {
  const values = intervals.flatMap(({ median, ci_low: low, ci_high: high }) =>
    [median, low ?? median, high ?? median]);
  return isLogWorthy(values) ? logAxis(theme, side, { ...words, values })
    : linearAxis(theme, side, words);
};

export const pareto = {
  id: 'pareto',
  title: 'Time against cost',
  description: 'Median makespan against median CPU time per request, with their 95 % intervals as '
    + 'crosses. Better is further down and left. Another cell is as good as a pale one in '
    + 'both, or better.',
  applies: (documents, scenario) => isBatch(documents, scenario)
    && pointsOf(documents, scenario).length > 1,
  plotHeight: (documents, scenario, theme) => (isNarrow(theme) ? 320 : 380),
  legend: (documents, scenario, theme) => [
    ...drawnRows(documents, scenario).map((row, _, rows) => ({ ...lineEntry(row, theme), dash: '',
      kind: 'mark', column: rows.length > FEW })),
    ...(frontierOf(pointsOf(documents, scenario)).length > 1 ? [referenceEntry(FRONTIER, theme)]
      : []),
  ],
  build(documents, scenario, theme) {
    const points = pointsOf(documents, scenario);
    const frontier = frontierOf(points);
    const sweep = isSweep(documents, scenario);
    const base = frame(this, documents, scenario, theme, 24);
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'item', formatter: hintOf },
      xAxis: axis(theme, 'x', points.map(({ cell }) => timeOf(cell)),
        { name: 'makespan', format: short(duration) }),
      yAxis: axis(theme, 'y', points.map(({ cell }) => costOf(cell)),
        { name: 'CPU time per request, us', format: short(number) }),
      series: [
        referenceLine(FRONTIER, frontier.map(({ cell }) =>
          [timeOf(cell).median, costOf(cell).median]), theme),
        ...drawnRows(documents, scenario).flatMap((row) => {
          const own = points.filter((point) => point.row.name === row.name);
          return [crosses(row, own, frontier, theme), scatter(row, own, frontier, sweep, theme)];
        }),
      ],
    };
  },
};
