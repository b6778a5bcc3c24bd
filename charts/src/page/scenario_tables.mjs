// What a scenario has to show besides its cells: what did not succeed, and an article's figures.

import { count, duration } from '../parts/format.mjs';
import {
  filesWith, hasRealTargets, isBatch, isBeside, isExternal, isProven, planOf, transportText,
} from '../parts/rows.mjs';
import { h, list, scrollBox } from './dom.mjs';
import { sortableTable } from './sortable.mjs';

const word = (title, textOf) => ({ title, class: 'left', value: textOf, text: textOf });

const rowsOf = (files, scenario) => files.flatMap((file) => file.document.cells
  .filter((cell) => cell.scenario === scenario).map((cell) => ({ file, cell })));

// Columns that say which cell a row is of.
const identity = (files) => [
  word('strategy', ({ cell }) => cell.strategy),
  ...(files.length > 1 ? [word('file', ({ file }) => file.name)] : []),
  word('transport', ({ file, cell }) => transportText(cell) + (isBeside(file, cell) ? ' *' : '')),
  { title: 'workers', value: ({ cell }) => cell.workers, text: ({ cell }) => count(cell.workers) },
];

// Of one kind of count in the valid runs ("errors", "retries"): a row for each outcome, with the fewest
// and the most of a run.
const outcomes = (row, key, of) => {
  const runs = row.cell.runs.filter(({ valid }) => valid).map((run) => run[key] ?? {});
  const names = [...new Set(runs.flatMap(Object.keys))].sort();
  return names.map((outcome) => {
    const counts = runs.map((run) => run[outcome] ?? 0);
    return { ...row, outcome, of, least: Math.min(...counts), most: Math.max(...counts) };
  });
};

const REDIRECTS = ['301', '302', '303', '307', '308'];

// What is said of the failures and the redirects of a run, each with how often it happened.
const kindsOf = (run, real) => [
  ...(run.failures ?? []).map(({ outcome, status, words, count: times }) =>
    [`${status || outcome}`, words, times]),
  ...(real ? REDIRECTS.filter((status) => run.status_counts?.[status])
    .map((status) => [status, 'not followed', run.status_counts[status]]) : []),
];

// One line for each kind, in the runs of all cells, valid or not; as harness/print/render_failures.
const kindLines = (files, scenario) => {
  const ranges = new Map();
  const real = files.some(hasRealTargets(scenario)) && !planOf(files[0], scenario).targets?.follow;
  for (const { cell } of rowsOf(files, scenario)) {
    for (const [name, words, times] of cell.runs.flatMap((run) => kindsOf(run, real))) {
      const key = JSON.stringify([name, words]);
      const { least, most } = ranges.get(key) ?? { least: times, most: times };
      ranges.set(key, { least: Math.min(least, times), most: Math.max(most, times) });
    }
  }
  return [...ranges].sort(([, a], [, b]) => b.most - a.most).map(([key, { least, most }]) => {
    const [name, words] = JSON.parse(key);
    return `${name}: ${least === most ? '' : `${count(least)} to `}${count(most)} of `
      + `${count(planOf(files[0], scenario).requests)} requests${words ? `, ${words}` : ''}`;
  });
};

const failuresTable = (files, scenario) => {
  const rows = rowsOf(files, scenario).flatMap((row) =>
    [...outcomes(row, 'errors', 'requests'), ...outcomes(row, 'retries', 'attempts made again')]);
  const lines = kindLines(files, scenario);
  const words = lines.length ? [list(lines)] : [];
  if (rows.length === 0) return words;
  const columns = [...identity(files), word('outcome', ({ outcome }) => outcome),
    word('of', ({ of }) => of),
    { title: 'per run', value: ({ most }) => most,
      text: ({ least, most }) => (least === most ? count(most)
        : `${count(least)} to ${count(most)}`) }];
  return [h('h3', {}, 'What did not succeed'),
    scrollBox(`Failures of ${scenario}`, sortableTable(columns, rows)), ...words];
};

const publishedTable = (files, scenario) => {
  const rows = files.filter((file) => isBatch([file], scenario))
    .flatMap((file) => (planOf(file, scenario).published ?? []).flatMap((one) =>
    rowsOf([file], scenario).filter(({ cell }) => cell.strategy === one.strategy
      && cell.workers === one.workers && !isBeside(file, cell) && isProven(cell))
      .map((row) => ({ ...row, name: one.name, peer: one.peer ?? '',
        rerun: rowsOf([file], scenario).find(({ cell }) => isExternal(cell) && isProven(cell)
          && cell.strategy === one.peer && cell.workers === one.workers),
        published: one.makespan === null ? null : Number.parseInt(one.makespan, 10) }))));
  if (rows.length === 0) return [];
  const here = ({ cell }) => cell.summary.makespan_ns.median;
  const ratioOf = (row) => (row.published === null ? null : here(row) / row.published);
  const columns = [word('as published', ({ name }) => name),
    { title: 'published', value: ({ published }) => published,
      text: ({ published }) => (published === null ? '-' : duration(published)) },
    word('its program', ({ peer }) => peer || '-'),
    { title: 'rerun here', value: ({ rerun }) => (rerun ? here(rerun) : null),
      text: ({ rerun }) => (rerun ? duration(here(rerun)) : '-') },
    ...identity(files),
    { title: 'ours here', value: here, text: (row) => duration(here(row)) },
    { title: 'ratio', value: ratioOf, help: 'ours / published; other machines, other servers',
      text: (row) => (ratioOf(row) === null ? '-' : ratioOf(row).toFixed(2)) }];
  return [h('h3', {}, "The article's figures"),
    scrollBox(`Published figures of ${scenario}`, sortableTable(columns, rows))];
};

const originalsTable = (files, scenario) => {
  const rows = files.flatMap((file) => (file.document.originals ?? [])
    .filter((one) => one.scenario === scenario && one.cpu_ratio !== null)
    .map((one) => ({ ...one, file })));
  if (rows.length === 0) return [];
  const times = (value) => `${value.toFixed(value < 10 ? 1 : 0)}x`;
  const columns = [word('program', ({ program }) => program),
    word('strategy', ({ strategy }) => strategy),
    ...(files.length > 1 ? [word('file', ({ file }) => file.name)] : []),
    word('transport', transportText),
    { title: 'workers', value: ({ workers }) => workers, text: ({ workers }) => count(workers) },
    { title: 'CPU, times less', value: ({ cpu_ratio: ratio }) => ratio.median,
      help: 'CPU per request of the program / of the strategy, within rounds',
      text: ({ cpu_ratio: ratio }) => times(ratio.median) + (ratio.ci_low === null ? ''
        : ` [${times(ratio.ci_low)}, ${times(ratio.ci_high)}]`) }];
  return [h('h3', {}, 'Beside the programs that imitate them'),
    scrollBox(`Programs beside ${scenario}`, sortableTable(columns, rows))];
};

export const scenarioTables = (documents, scenario) => {
  const files = filesWith(documents, scenario);
  return [...publishedTable(files, scenario), ...originalsTable(files, scenario),
    ...failuresTable(files, scenario)];
};
