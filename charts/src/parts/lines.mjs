// The line of one row, and its entry in a legend.

import { band } from './marks.mjs';
import { colourOf, dashOf, symbolOf } from './look.mjs';

// How a row is drawn, for legends: ECharts' own in a picture, HTML on the page.
export const lineEntry = (row, theme) => ({
  name: row.name, kind: 'line', colour: colourOf(row, theme), symbol: symbolOf(row),
  dash: dashOf(row),
});

// A line across the chart to compare rows with: of no row, so without markers.
export const referenceEntry = (name, theme) =>
  ({ name, kind: 'line', colour: theme.axis, symbol: '', dash: [3, 3] });

export const referenceLine = (name, data, theme, more = {}) => ({
  name, type: 'line', symbol: 'none', silent: true, z: 2, data,
  lineStyle: { color: theme.axis, width: 1.5, type: [3, 3] }, itemStyle: { color: theme.axis },
  ...more,
});

// Points: {x, y, low, high, hint}; `more` goes into the line series.
export const rowLine = (row, points, theme, more = {}) => {
  const { colour, symbol, dash } = lineEntry(row, theme);
  const place = { xAxisIndex: more.xAxisIndex ?? 0, yAxisIndex: more.yAxisIndex ?? 0 };
  return [
    {
      name: row.name, type: 'line', symbol, symbolSize: 9, showAllSymbol: true, z: 3,
      lineStyle: { type: dash, width: 2, color: colour }, itemStyle: { color: colour },
      emphasis: { focus: 'series', lineStyle: { width: 3 } }, blur: { lineStyle: { opacity: 0.2 } },
      data: points.map(({ x, y, low, high, hint }) => ({ value: [x, y], low, high, hint })),
      ...more,
    },
    ...band(row.name, points, colour).map((series) => ({ ...series, ...place })),
  ];
};
