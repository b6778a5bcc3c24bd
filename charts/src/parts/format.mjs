// Numbers as text, with their unit: the same digits as fanout's own tables (base/units.cpp).

const threeDigits = (value) => {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
};

export const duration = (nanoseconds) => {
  const size = Math.abs(nanoseconds);
  if (size < 999.5) return `${nanoseconds.toFixed(0)} ns`;
  if (size < 999.5e3) return `${threeDigits(nanoseconds / 1e3)} us`;
  if (size < 999.5e6) return `${threeDigits(nanoseconds / 1e6)} ms`;
  return `${threeDigits(nanoseconds / 1e9)} s`;
};

export const bytes = (value) => {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const unit = [1, 2, 3].filter((power) => value >= 1023.5 * 1024 ** (power - 1)).length;
  return `${unit ? threeDigits(value / 1024 ** unit) : value.toFixed(0)} ${units[unit]}`;
};

export const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

export const number = (value) =>
  value >= 100 ? count(value) : value.toFixed(value >= 10 ? 1 : 2);

export const workers = (value) => `${count(value)} ${value === 1 ? 'worker' : 'workers'}`;

export const ratio = (value) => value.toFixed(3);

export const percent = (share) => `${(100 * share).toFixed(1)} %`;

// Appends a unit to what a format makes.
export const withUnit = (format, unit) => (value) => `${format(value)} ${unit}`;

// For axes, where "50 ms" reads better than "50.0 ms".
export const short = (format) => (value) =>
  format(value).replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');

// Half the interval's width relative to the median.
export const spread = ({ median, ci_low: low, ci_high: high }) => {
  if (low === null || median === 0) return '-';
  const half = (high - low) / 2 / median;
  return `±${(half * 100).toFixed(half < 0.1 ? 1 : 0)}%`;
};

export const withInterval = (format, { median, ci_low: low, ci_high: high }) =>
  low === null ? format(median) : `${format(median)} (95 %: ${format(low)} to ${format(high)})`;
