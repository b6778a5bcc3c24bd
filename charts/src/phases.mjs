// Where the time of a request goes, of real targets: what is waited for?

import { barAxis, barCells, barsHeight, barTitle } from './parts/bars.mjs';
import { duration, percent, short } from './parts/format.mjs';
import { frame } from './parts/frame.mjs';
import { SYMBOLS } from './parts/look.mjs';
import { linearAxis } from './parts/scales.mjs';
import { rowTooltip } from './parts/tooltip.mjs';

const PHASES = [['queue_ns', 'waiting for a worker'], ['connect_ns', 'connecting'],
  ['handshake_ns', 'TLS handshake'], ['first_byte_ns', 'waiting for the first byte'],
  ['body_ns', 'receiving the rest']];
const SQUARE = SYMBOLS[1];

// Rows of which it is known; of a library that does not tell it is not.
const drawn = (documents, scenario) =>
  barCells(documents, scenario).filter(({ cell }) => cell.summary.phases);

// Phases that took no time in any row are not drawn.
const shown = (bars) => PHASES.map(([key, name], index) => ({ key, name, index }))
  .filter(({ key }) => bars.some(({ cell }) => cell.summary.phases[key].median > 0));

const hintOf = (cell, phases) => {
  const total = phases.reduce((sum, { key }) => sum + cell.summary.phases[key].median, 0);
  return phases.map(({ key, name }) => {
    const { median } = cell.summary.phases[key];
    return `${name}: ${duration(median)}, ${percent(median / (total || 1))}`;
  }).join('; ');
};

export const phases = {
  id: 'phases',
  title: 'Where the time goes',
  description: 'The parts of the mean time of a request that was answered, medians over the runs, '
    + 'each strategy at its fastest number of workers. Of several requests over one connection '
    + 'only the first connects.',
  applies: (documents, scenario) => drawn(documents, scenario).length > 0,
  plotHeight: barsHeight,
  legend: (documents, scenario, theme) => shown(drawn(documents, scenario))
    .map(({ name, index }) => ({ name, kind: 'mark', colour: theme.colours[index],
      symbol: SQUARE })),
  build(documents, scenario, theme) {
    const bars = drawn(documents, scenario);
    const parts = shown(bars);
    const base = frame(this, documents, scenario, theme, 24);
    return {
      ...base,
      tooltip: { ...base.tooltip, ...rowTooltip },
      xAxis: linearAxis(theme, 'x', { name: 'time of a request', format: short(duration) }),
      yAxis: barAxis(bars, theme),
      series: parts.map(({ key, name, index }) => ({
        name, type: 'bar', stack: 'request', barWidth: '62%',
        itemStyle: { color: theme.colours[index], borderColor: theme.background, borderWidth: 1 },
        data: bars.map(({ row, cell }) => ({ value: cell.summary.phases[key].median,
          title: barTitle({ row, cell }), hint: hintOf(cell, parts) })),
      })),
    };
  },
};
