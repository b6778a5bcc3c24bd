// Axes: what is common to all, and ticks of logarithmic ones at numbers people say.

import { isNarrow } from './look.mjs';

export const isLogWorthy = (values) => Math.max(...values) / Math.min(...values) > 20;

const zeroPlain = (format) => (value) => (value === 0 ? '0' : format(value));

// 1, 2, 5, 10 ... within the limits; only powers of ten over more than so many decades.
export const ladder = (low, high, decades = 3) => {
  const steps = Math.log10(high / low) > decades ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); ++power) {
    ticks.push(...steps.map((step) => step * 10 ** power));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
};

const plain = (theme) => ({
  axisLine: { show: true, lineStyle: { color: theme.axis } },
  axisTick: { show: false },
  axisLabel: { color: theme.muted, fontSize: 12, hideOverlap: true },
  splitLine: { show: true, lineStyle: { color: theme.line, width: 1 } },
  nameTextStyle: { color: theme.muted, fontSize: 12 },
});

// A vertical axis has its name above it, so that no one turns the head.
const place = (theme, side) => (side === 'x'
  ? { nameLocation: 'middle', nameGap: 30 }
  : { nameLocation: 'end', nameTextStyle: { color: theme.muted, fontSize: 12, align: 'left' } });

export const linearAxis = (theme, side, { name, format }) => ({
  ...plain(theme), ...place(theme, side), type: 'value', name, min: 0,
  splitNumber: !isNarrow(theme) ? 5 : side === 'x' ? 2 : 4,
  axisLabel: { ...plain(theme).axisLabel, formatter: zeroPlain(format) },
});

// Spans the values with some air; `ticks` are chosen where none are given.
export const logAxis = (theme, side, { name, format, values, ticks }) => {
  const air = 1.2;
  const positive = values.filter((value) => value > 0);
  const [min, max] = [Math.min(...positive) / air, Math.max(...positive) * air];
  const steps = ladder(min, max, side === 'x' && isNarrow(theme) ? 1.5 : 3);
  const ends = [...new Set([Math.min(...positive), Math.max(...positive)])];
  const customValues = ticks ?? (steps.length > 1 ? steps : ends);
  return {
    ...plain(theme), ...place(theme, side), type: 'log', name, min, max,
    axisTick: { show: false, customValues },
    axisLabel: { ...plain(theme).axisLabel, customValues, formatter: format },
  };
};

export const categoryAxis = (theme, { data, ...more }) => ({
  ...plain(theme), type: 'category', data, splitLine: { show: false }, ...more,
  axisLabel: { ...plain(theme).axisLabel, hideOverlap: false, interval: 0, color: theme.text,
    ...more.axisLabel },
});
