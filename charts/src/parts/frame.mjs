// What surrounds every plot: title, legend, notes, and the space they need.
//
// A still picture has all of these inside; on the page HTML around the chart has them, which
// wraps, is read aloud and reached by keyboard.

import { count } from './format.mjs';
import { FONT } from './look.mjs';
import { measureText } from './measure.mjs';
import { notesOf } from './notes.mjs';
import { filesWith, planOf } from './rows.mjs';

const LEGEND_LINE = 20;
const LEGEND_ICON = 34;
const NOTE_LINE = 16;
const NOTE_CHARACTER = 6.4;  // mean width at 11 px in the widest font named

// Breaks text between words into lines of at most so many characters.
export const wrap = (text, characters) => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last && last.length + 1 + word.length > characters) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
};

const subtitle = (documents, scenario) => {
  const file = filesWith(documents, scenario)[0];
  const plan = planOf(file, scenario);
  const names = documents.length > 1 ? documents.map(({ name }) => name).join(' and ') : file.name;
  return `${scenario}: ${count(plan.requests)} requests · ${names}`;
};

const footLines = (chart, documents, scenario, theme) => (theme.still
  ? [chart.description, ...(chart.notes ?? notesOf(documents, scenario))]
    .flatMap((note) => wrap(note, Math.floor((theme.width - 40) / NOTE_CHARACTER)))
  : []);

// Lines are many and have long names: their legend is a column, beside or below. Marks are few.
const isColumn = (entries) => entries.some(({ kind, column }) => kind === 'line' || column);
const columnWidth = (entries) => LEGEND_ICON + 40
  + Math.max(...entries.map(({ name }) => measureText(name, '12px').width));
const isBelow = (entries, theme) =>
  isColumn(entries) && columnWidth(entries) > 0.38 * theme.width;

const spaceOf = (chart, documents, scenario, theme) => {
  const feet = footLines(chart, documents, scenario, theme);
  const entries = theme.still ? chart.legend(documents, scenario, theme) : [];
  const column = isColumn(entries) ? entries.length * LEGEND_LINE : 0;
  const below = isBelow(entries, theme);
  return {
    feet,
    feetHeight: feet.length ? feet.length * NOTE_LINE + 20 : 0,
    top: theme.still ? 72 + (entries.length && !column ? LEGEND_LINE + 6 : 0) : 12,
    right: column && !below ? columnWidth(entries) : 0,
    beside: below ? 0 : column,
    below: below ? column : 0,
  };
};

export const heightOf = (chart, documents, scenario, theme) => {
  const { top, feetHeight, beside, below } = spaceOf(chart, documents, scenario, theme);
  return top + Math.max(chart.plotHeight(documents, scenario, theme), beside) + below + feetHeight;
};

const titles = (chart, documents, scenario, theme, feet) => [
  {
    text: chart.title, left: 16, top: 12, itemGap: 6,
    subtext: chart.subtitle ?? subtitle(documents, scenario),
    textStyle: { fontSize: 17, fontWeight: 'bold', color: theme.text, fontFamily: FONT },
    subtextStyle: { fontSize: 12, color: theme.muted, fontFamily: FONT, overflow: 'truncate',
      width: theme.width - 32 },
  },
  {
    text: feet.join('\n'), left: 16, bottom: 8,
    textStyle: { fontSize: 11, fontWeight: 'normal', lineHeight: NOTE_LINE, color: theme.muted,
      fontFamily: FONT },
  },
];

const legendPlace = (entries, theme, { top, feetHeight }) => {
  if (!isColumn(entries)) return { orient: 'horizontal', left: 10, top: 66, itemWidth: 24 };
  return { orient: 'vertical', itemWidth: LEGEND_ICON, ...(isBelow(entries, theme)
    ? { left: 16, bottom: feetHeight } : { left: theme.width - columnWidth(entries) + 12, top }) };
};

const legendOf = (entries, theme, space) => ({
  show: theme.still && entries.length > 0,
  data: entries.map(({ name, kind, symbol }) => ({
    name, ...(kind === 'mark' ? { icon: symbol } : {}),
    ...(symbol ? {} : { itemStyle: { opacity: 0 } }),
  })),
  itemGap: LEGEND_LINE - 14,
  itemHeight: 14,
  textStyle: { color: theme.text, fontSize: 12, fontFamily: FONT },
  inactiveColor: theme.line,
  ...legendPlace(entries, theme, space),
});

// The part of an option that all charts share. `right`: room for
// texts that stick out of the plot.
export const frame = (chart, documents, scenario, theme, right = 0) => {
  const space = spaceOf(chart, documents, scenario, theme);
  const entries = chart.legend(documents, scenario, theme);
  return {
    animation: false,
    backgroundColor: theme.still ? theme.background : 'transparent',
    color: theme.colours,
    textStyle: { fontFamily: FONT, color: theme.text },
    title: theme.still ? titles(chart, documents, scenario, theme, space.feet) : [],
    legend: legendOf(entries, theme, space),
    grid: {
      left: 16, right: 16 + space.right + right, top: space.top,
      bottom: 8 + space.below + space.feetHeight,
      outerBoundsMode: 'same', outerBoundsContain: 'all',
    },
    tooltip: {
      confine: true, transitionDuration: 0, backgroundColor: theme.background,
      borderColor: theme.axis, textStyle: { color: theme.text, fontSize: 13, fontFamily: FONT },
    },
  };
};
