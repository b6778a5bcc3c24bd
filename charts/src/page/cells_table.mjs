// The table of cells: the columns of `fanout report`, sortable.

import {
  bytes, count, duration, number, percent, ratio, spread, workers,
} from '../parts/format.mjs';
import { notesOf } from '../parts/notes.mjs';
import {
  filesWith, hasRealTargets, isBeside, isProven, transportText,
} from '../parts/rows.mjs';
import { h, list, scrollBox } from './dom.mjs';
import { sortableTable } from './sortable.mjs';

// A figure of the summary, which a cell without valid runs does not have.
const figure = (title, valueOf, textOf, help) => ({
  title, help,
  value: ({ cell }) => (isProven(cell) ? valueOf(cell.summary) : null),
  text: ({ cell }) => (isProven(cell) ? textOf(cell.summary) : '-'),
});

const relative = ({ median, ci_low: low, ci_high: high }) =>
  (low === null || median === 0 ? null : (high - low) / median);

const spreadOf = (title, intervalOf) => figure(title, (summary) => relative(intervalOf(summary)),
  (summary) => spread(intervalOf(summary)), 'half the width of the 95 % interval of the median');

const plain = (title, key, format, help) =>
  figure(title, (summary) => summary[key],
    (summary) => (summary[key] === null ? '-' : format(summary[key])), help);

// Where more requests timed out than lie beyond a percentile, it is the time limit or more.
const percentile = (title, key, level, help) => {
  const isLimit = (summary) => (summary.timed_out_share ?? 0) > 1 - level / 100 + 1e-9;
  return figure(title, (summary) => summary[key], (summary) => (summary[key] === null ? '-'
    : `${isLimit(summary) ? '> ' : ''}${duration(summary[key])}`),
  `${help}; >: so many timed out that it is the time limit or more`);
};

const word = (title, textOf, help) => ({ title, help, class: 'left', value: textOf, text: textOf });

// Each different value with how often it is there.
const tallies = (values) => [...new Set(values)].map((value) =>
  [value, values.filter((other) => other === value).length]);

const nameOf = ({ cell }) =>
  `${cell.strategy} / ${transportText(cell)} / ${workers(cell.workers)}`;

const proven = (real) => ({
  title: real ? 'valid' : 'proven',
  help: real ? 'runs in which every request ended once and one succeeded at least'
    : 'runs in which every request was answered once, with its own token',
  value: ({ cell: { summary } }) => summary.valid_runs / Math.max(1, summary.total_runs),
  text: ({ cell: { summary } }) => {
    const text = `${summary.valid_runs}/${summary.total_runs}`;
    return summary.valid_runs < summary.total_runs ? h('strong', { class: 'bad' }, text) : text;
  },
});

const failures = [
  plain('ok', 'success_share', percent,
    'requests that succeeded'),
  plain('ok/s', 'goodput_per_second', number, 'requests that succeeded, per second'),
  plain('att/ok', 'amplification', (value) => (value === 0 ? '-' : value.toFixed(3)),
    'attempts for each request that succeeded'),
];

const hasFailures = ({ cell: { summary } }) =>
  summary.valid_runs > 0 && (summary.success_share < 1 || summary.amplification > 1);

// Of mode open: from when a request was due.
const responses = [
  percentile('resp p50', 'response_p50_ns', 50, 'half of the requests waited less, from when due'),
  percentile('resp p99', 'response_p99_ns', 99, '99 of 100 waited less, from when due'),
  plain('kept', 'achieved_share', percent, 'requests begun in time, of those due'),
];

const isOpen = ({ cell: { summary } }) => (summary.response_p99_ns ?? null) !== null;

// A median of summary.limits or summary.hedges, which most cells do not have.
const partOf = (part, title, key, format, help) => figure(title,
  (summary) => summary[part]?.[key]?.median ?? null,
  (summary) => (summary[part]?.[key] ? format(summary[part][key].median) : '-'), help);

const limits = [
  partOf('limits', 'refused', 'refused_share', percent, 'attempts that a limit of the server rejected'),
  partOf('limits', 'settles', 'settle_ns', duration,
    "until an adaptive strategy's limit stays within 20 % of its later median"),
  partOf('limits', 'overshoot', 'overshoot', ratio, "most in flight over the server's capacity"),
  partOf('limits', 'fair', 'fairness', ratio, 'how evenly hosts answered: 1 is even'),
];
const hedges = [
  partOf('hedges', 'hedged', 'sent_share', percent, 'requests with a second attempt beside the first'),
  partOf('hedges', 'won', 'won_share', percent, 'requests that the second attempt ended'),
];

const works = [
  figure('work', (s) => s.work_us_per_answer?.median ?? null,
    (s) => (s.work_us_per_answer ? duration(1000 * s.work_us_per_answer.median) : '-'),
    'CPU time spent on each answer'),
];

const bodies = [
  partOf('bodies', 'MB/s', 'mb_per_second', number, 'bytes of bodies that came in, in millions'),
  partOf('bodies', 'CPU s/GiB', 'cpu_s_per_gib', number, 'CPU time of the client for 2^30 bytes of bodies'),
];

const floors = [
  figure('x floor', (s) => s.cpu_x_floor?.median ?? null,
    (s) => (s.cpu_x_floor ? s.cpu_x_floor.median.toFixed(2) : '-'),
    'CPU per request relative to that of a bare epoll loop in the same rounds'),
];

const hasPart = (part) => ({ cell: { summary } }) => (summary[part] ?? null) !== null;

// Columns that only some measurements need.
const furtherColumns = (rows) => [
  ...(rows.some(hasFailures) ? failures : []),
  ...(rows.some(hasPart('work_us_per_answer')) ? works : []),
  ...(rows.some(hasPart('bodies')) ? bodies : []),
  ...(rows.some(hasPart('limits')) ? limits : []),
  ...(rows.some(hasPart('hedges')) ? hedges : []),
];

const columnsOf = (severalFiles, real, rows) => [
  word('strategy', ({ cell }) => cell.strategy),
  ...(severalFiles ? [word('file', ({ file }) => file.name)] : []),
  word('transport', ({ file, cell }) => transportText(cell) + (isBeside(file, cell) ? ' *' : '')),
  { title: 'workers', value: ({ cell }) => cell.workers, text: ({ cell }) => count(cell.workers),
    help: 'requests in flight at most' },
  figure('makespan', (s) => s.makespan_ns.median, (s) => duration(s.makespan_ns.median),
    'ready to the end of the last request'),
  spreadOf('95 %', (s) => s.makespan_ns),
  plain('req/s', 'requests_per_second', number),
  plain('effic.', 'efficiency', ratio, 'lower bound / makespan'),
  percentile('p50', 'latency_p50_ns', 50, 'half of the requests are faster'),
  percentile('p99', 'latency_p99_ns', 99, '99 of 100 requests are faster'),
  ...(rows.some(isOpen) ? responses : []),
  plain('CPU us/req', 'cpu_us_per_request', number, 'user and system time of the client'),
  spreadOf('95 %', (s) => s.intervals.cpu_us_per_request),
  ...(rows.some(hasPart('cpu_x_floor')) ? floors : []),
  plain('memory', 'peak_memory_bytes', bytes, 'peak of the whole client'),
  plain('conns', 'connections', count, 'connections the server accepted'),
  plain('in flight', 'peak_in_flight', count, 'most at once at the server'),
  { ...plain('limit', 'limited_by', (limit) => limit || '-', 'what limited most runs'),
    class: 'left' },
  ...furtherColumns(rows),
  proven(real),
];

// What some of a row's runs have, a line for each:
// "event_loop / floor / 10 workers: noisy (2 of 10 runs)".
const linesOf = (rows, of) => rows.flatMap((row) => tallies(row.cell.runs.flatMap(of))
  .map(([what, times]) => `${nameOf(row)}: ${what} (${times} of ${row.cell.runs.length} runs)`));

export const cellsTable = (documents, scenario) => {
  const rows = documents.flatMap((file) => file.document.cells
    .filter((cell) => cell.scenario === scenario).map((cell) => ({ file, cell })));
  const invalid = linesOf(rows, (run) => run.reasons);
  const flags = linesOf(rows, (run) => run.flags);
  const real = filesWith(documents, scenario).some(hasRealTargets(scenario));
  const columns = columnsOf(documents.length > 1, real, rows);
  return [
    h('p', { class: 'note' }, 'Medians over the valid runs; 95 % is half the width of the interval '
      + 'of the median. A click on a title sorts.'),
    scrollBox(`Cells of ${scenario}`, sortableTable(columns, rows)),
    ...notesOf(documents, scenario).map((note) => h('p', { class: 'note' }, note)),
    ...(invalid.length ? [h('h3', { class: 'bad' }, 'Invalid runs, which enter no figure'),
      list(invalid)] : []),
    ...(flags.length ? [h('details', {}, h('summary', {}, `Flags of runs (${flags.length})`),
      list(flags))] : []),
  ];
};
