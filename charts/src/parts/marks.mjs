// Marks that ECharts does not have: bands and whiskers for intervals. All are drawn by a custom
// series under the name of the row they belong to, so its legend entry hides them as well.

import { FONT } from './look.mjs';

const hasInterval = ({ low }) => low !== null;

// The area between the ends of the intervals of a line. Points: {x, low, high}.
export const band = (name, points, colour) => {
  const known = points.filter(hasInterval);
  if (known.length < 2) return [];
  const outline = [...known.map(({ x, high }) => [x, high]),
    ...known.map(({ x, low }) => [x, low]).reverse()];
  return [{
    name, type: 'custom', silent: true, clip: true, z: 1, tooltip: { show: false },
    itemStyle: { color: colour },
    dimensions: ['x', 'low', 'high'], encode: { x: 0, y: [1, 2] },
    data: known.map(({ x, low, high }) => [x, low, high]),
    // One polygon for the whole band: items of their own would show seams.
    renderItem: ({ dataIndex }, api) => (dataIndex > 0 ? null : {
      type: 'polygon',
      shape: { points: outline.map((point) => api.coord(point)) },
      style: { fill: colour, opacity: 0.1 },
    }),
  }];
};

const STEP_OPACITY = 0.3;

// A box for the interval of each place on an axis of categories, as wide as the place: together
// they are steps. Points: {x, low, high}.
export const steps = (name, points, colour) => ({
  name, type: 'custom', silent: true, clip: true, z: 1, tooltip: { show: false },
  itemStyle: { color: colour, opacity: STEP_OPACITY },
  dimensions: ['x', 'low', 'high'], encode: { x: 0, y: [1, 2] },
  data: points.map(({ x, low, high }) => [x, low, high]),
  renderItem: ({ dataIndex }, api) => {
    const { x, low, high } = points[dataIndex];
    const [middle, top] = api.coord([x, high]);
    const [, bottom] = api.coord([x, low]);
    const [width] = api.size([1, 0]);
    // Whole pixels: others would show seams.
    const [left, right] = [middle - width / 2, middle + width / 2].map(Math.round);
    return {
      type: 'rect', shape: { x: left, y: top, width: right - left, height: bottom - top },
      style: { fill: colour, opacity: STEP_OPACITY },
    };
  },
});

const line = (x1, y1, x2, y2, style) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });

const CAP = 4;

const whisker = ([low, y], [high], style) => [
  line(low, y, high, y, style),
  line(low, y - CAP, low, y + CAP, style),
  line(high, y - CAP, high, y + CAP, style),
];

// On horizontal bars: a whisker for each interval and a text behind all of it.
// Points: {y, low, high, end, text}.
export const whiskers = (name, points, theme) => ({
  name, type: 'custom', silent: true, z: 5, tooltip: { show: false },
  dimensions: ['low', 'high', 'y'], encode: { x: [0, 1], y: 2 },
  data: points.map(({ y, low, high }) => [low, high, y]),
  renderItem: ({ dataIndex }, api) => {
    const { y, low, high, end, text } = points[dataIndex];
    const [x, middle] = api.coord([end, y]);
    // A halo first: the bar beneath may be as dark as the line.
    const lines = low === null ? []
      : [{ stroke: theme.halo, lineWidth: 4 }, { stroke: theme.text, lineWidth: 1.5 }]
        .flatMap((style) => whisker(api.coord([low, y]), api.coord([high, y]), style));
    return {
      type: 'group',
      children: [...lines, {
        type: 'text', x: x + 8, y: middle,
        style: { text, fill: theme.text, font: `12px ${FONT}`, verticalAlign: 'middle' },
      }],
    };
  },
});
