// The width of text where there is no browser to ask: that of DejaVu Sans, the widest font named.

const WIDTHS = [["ijlI'", 0.28], [' .,:;|!()/-·', 0.35], ['frt', 0.41], ['_*sc"', 0.54],
  ['mwMW%@±', 0.95]];
const OTHERS = 0.64;
const IDEOGRAPHS = 1;  // ECharts takes the width of one for the height of a line

const emsOf = (character) =>
  WIDTHS.find(([characters]) => characters.includes(character))?.[1]
    ?? (character > '\u2e7f' ? IDEOGRAPHS : OTHERS);

export const measureText = (text, font) => {
  const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
  return { width: [...text].reduce((width, character) => width + emsOf(character) * size, 0) };
};
