// How things look: two themes, and a colour, marker and dash for every row.
//
// The colours are those of Okabe and Ito, which the colour-blind can tell apart, shifted a little
// for contrast with the background. As every row also has a marker and a dash of its own, charts
// survive black-and-white print. The cycles have lengths without common divisor: 280 combinations.

// Single quotes: ECharts writes the text into an attribute as it is.
export const FONT = "'DejaVu Sans', 'Liberation Sans', Arial, sans-serif";

const light = {
  background: '#ffffff', text: '#1c1e21', muted: '#5c636e', line: '#d9dadd', axis: '#8a909a',
  colours: ['#0072b2', '#d55e00', '#009070', '#b8578f', '#2f9bd6', '#b97c00', '#4a4f57'],
  halo: '#ffffff', low: '#eef3f7', high: '#0b4f7f',
};

const dark = {
  background: '#15171a', text: '#e6e7e9', muted: '#a0a7b1', line: '#2f343b', axis: '#6d747f',
  colours: ['#4da6e0', '#ff8a3d', '#2cc295', '#e59ac4', '#9ad4f5', '#e8b93e', '#c9cdd3'],
  halo: '#15171a', low: '#20262d', high: '#5bb0ea',
};

// `still`: a picture that stands alone, with title, legend and notes inside. Otherwise the page
// around the chart has them.
export const themeOf = (name, { width = 960, still = true } = {}) => ({
  ...(name === 'dark' ? dark : light), name, width, still,
});

// Below this width labels break into two lines and panels stack.
export const isNarrow = ({ width }) => width < 640;

const path = (d) => `path://${d}`;

export const SYMBOLS = [
  path('M0,-5A5,5 0 1,1 0,5A5,5 0 1,1 0,-5Z'),
  path('M-4.4,-4.4H4.4V4.4H-4.4Z'),
  path('M0,-5.4L5.2,4H-5.2Z'),
  path('M0,-6L5,0L0,6L-5,0Z'),
  path('M0,5.4L5.2,-4H-5.2Z'),
  path('M-1.8,-5.4H1.8V-1.8H5.4V1.8H1.8V5.4H-1.8V1.8H-5.4V-1.8H-1.8Z'),
  path('M-5,-3L-3,-5L0,-2L3,-5L5,-3L2,0L5,3L3,5L0,2L-3,5L-5,3L-2,0Z'),
  path('M0,-6L1.7,-2L6,-1.7L2.7,1.2L3.7,5.4L0,3.1L-3.7,5.4L-2.7,1.2L-6,-1.7L-1.7,-2Z'),
];

const DASHES = ['solid', [7, 3], [2, 2], [9, 3, 2, 3], [4, 2]];

// Hatching of bars, for the second file and on: with one file the label of a bar is enough.
const DECALS = [
  undefined,
  { dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4 },
  { symbol: 'rect', symbolSize: 0.6, dashArrayX: [4, 4], dashArrayY: [4, 4] },
  { dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
];

const pick = (list, index) => list[index % list.length];

export const colourOf = (row, theme) => pick(theme.colours, row.index);
export const symbolOf = (row) => pick(SYMBOLS, row.index);

// With several files the dash says which file, otherwise it is one more difference between rows.
export const dashOf = (row) => pick(DASHES, row.files > 1 ? row.file : row.index);

export const decalOf = (row, theme) => {
  const decal = pick(DECALS, row.file);
  return decal && { ...decal, color: theme.background };
};

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// The colour at `share` (0..1) of the way from one to another.
export const between = (from, to, share) => {
  const [a, b] = [channels(from), channels(to)];
  return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * share)).join(',')})`;
};
