// The table of sweeps: where each strategy's knee is, and whether it has a peak.

import { count } from '../parts/format.mjs';
import { isBeside, transportText } from '../parts/rows.mjs';
import { h, scrollBox } from './dom.mjs';
import { sortableTable } from './sortable.mjs';

const rounded = (value) => (value === null ? '-'
  : value >= 100 ? count(value) : Number(value.toPrecision(3)).toString());

const small = (value) => {
  if (!value) return value === null ? '-' : '0';
  return value < 1e-3 ? value.toExponential(1) : value.toPrecision(2);
};

const column = (title, valueOf, textOf, help) =>
  ({ title, help, value: (row) => valueOf(row.sweep), text: (row) => textOf(row.sweep) });

const kappa = ({ usl }) => (usl.kappa === null || usl.kappa_low === null ? small(usl.kappa)
  : `${small(usl.kappa)} (95 %: ${small(usl.kappa_low)} to ${small(usl.kappa_high)})`);

const word = (title, textOf, style = 'left') =>
  ({ title, class: style, value: textOf, text: textOf });

const COLUMNS = [
  word('strategy', ({ sweep }) => sweep.strategy),
  word('transport', ({ file, sweep }) => transportText(sweep) + (isBeside(file, sweep) ? ' *' : '')),
  word('in words', ({ sweep }) => sweep.words, 'left wrapped'),
  column('best', (s) => s.best_workers, (s) => String(s.best_workers),
    'workers with the highest throughput'),
  column('knee', (s) => s.knee_workers, (s) => rounded(s.knee_workers) + (s.knee_at_end ? '+' : ''),
    'the fewest workers whose throughput may reach 95 % of the best, by its interval (+: the most '
    + 'tested)'),
  column('W*', (s) => s.model_knee_workers, (s) => rounded(s.model_knee_workers),
    'workers that would keep the CPUs of the client busy, by model'),
  column('USL sigma', (s) => s.usl.sigma, (s) => small(s.usl.sigma),
    'contention, in the Universal Scalability Law'),
  column('USL kappa', (s) => s.usl.kappa, kappa, 'coherency, in the Universal Scalability Law'),
  column('peak', (s) => s.usl.peak_workers, (s) => rounded(s.usl.peak_workers),
    'workers beyond which throughput falls, by that law'),
];

export const sweepsTable = (documents, scenario) => {
  const rows = documents.flatMap((file) => file.document.sweeps
    .filter((sweep) => sweep.scenario === scenario).map((sweep) => ({ file, sweep })));
  const columns = documents.length > 1
    ? [COLUMNS[0], word('file', ({ file }) => file.name), ...COLUMNS.slice(1)] : COLUMNS;
  return rows.length === 0 ? [] : [
    h('h3', {}, 'How many workers pay'),
    scrollBox(`Sweeps of ${scenario}`, sortableTable(columns, rows)),
  ];
};
