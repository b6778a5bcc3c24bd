// What a reader must know beside a chart or a table.

import { duration, percent, workers } from './format.mjs';
import { filesWith, hasRealTargets, isBeside, isExternal, planOf, rowsOf } from './rows.mjs';

const ROUNDS_FOR_INTERVALS = 6;

const unproven = (rows) => {
  const names = rows.flatMap((row) =>
    row.unproven.map((cell) => `${row.name} with ${workers(cell.workers)}`));
  return names.length ? [`no valid run, so not drawn: ${names.join(', ')}`] : [];
};

const withoutInterval = (rows) => {
  const cells = rows.flatMap(({ cells: all }) => all);
  const few = cells.filter(({ summary }) => summary.valid_runs < ROUNDS_FOR_INTERVALS);
  if (few.length === 0) return [];
  const whose = few.length === cells.length ? '' : ` for ${few.length} of ${cells.length} cells`;
  return [`no interval${whose}: fewer than ${ROUNDS_FOR_INTERVALS} rounds`];
};

// Cells in which not every request succeeded are compared by what they did, not by makespan alone.
const unanswered = (rows) => {
  const shares = rows.flatMap(({ cells }) => cells.map(({ summary }) => summary.success_share));
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  if (shares.length === 0 || least === 1) return [];
  return [least === most ? `requests that succeeded, in every cell: ${percent(least)}`
    : `requests that succeeded, by cell: ${percent(least)} to ${percent(most)}; `
      + 'less done is not faster'];
};

const beside = (files, scenario) => {
  const cells = files.flatMap((file) => file.document.cells.filter((cell) =>
    cell.scenario === scenario && isBeside(file, cell)));
  const what = files.some(({ document }) => document.cells.some((cell) =>
    cell.scenario === scenario && cell.http !== undefined))
    ? 'another HTTP stack, version of HTTP or number of connections' : 'another HTTP stack';
  return cells.length ? [`* ${what}: the difference is not the strategy's alone`] : [];
};

const external = (files, scenario) =>
  (files.some((file) => file.document.cells.some((cell) =>
    cell.scenario === scenario && isExternal(cell)))
    ? ['own: an external program with an HTTP client of its own; not ranked with ours'] : []);

// Of these, files to be compared may differ: which rows, how many workers, which versions of HTTP.
const MAY_DIFFER = ['workers', 'strategies', 'peers', 'transports', 'http', 'connections',
  'summary'];
const LONGEST = 40;

// "reuse: true / false"; without the values where they are long.
const difference = (key, values) => {
  const texts = [...new Set(values.map((value) => JSON.stringify(value)))];
  const shown = `${key}: ${texts.join(' / ')}`;
  return shown.length <= LONGEST ? shown : key;
};

const differing = (files, scenario) => {
  const works = files.map((file) => planOf(file, scenario));
  const keys = Object.keys(works[0]).filter((key) => !MAY_DIFFER.includes(key)
    && works.some((work) => JSON.stringify(work[key]) !== JSON.stringify(works[0][key])));
  if (keys.length === 0) return [];
  const differences = keys.map((key) => difference(key, works.map((work) => work[key])));
  return [`the files define ${scenario} differently (${differences.join(', ')}): compare with care`];
};

const emulated = (files, scenario) => {
  const trips = files.flatMap((file) => planOf(file, scenario).server?.hosts ?? [])
    .map(({ rtt }) => Number.parseInt(rtt, 10)).filter((rtt) => rtt > 0);
  return trips.length ? [`emulated round trip: up to ${duration(Math.max(...trips))}`] : [];
};

const realTargets = (files, scenario) =>
  (files.some(hasRealTargets(scenario))
    ? ['real targets: a good status and a whole body are all the proof there is'] : []);

export const notesOf = (documents, scenario) => {
  const files = filesWith(documents, scenario);
  const rows = rowsOf(documents, scenario);
  return [...unproven(rows), ...withoutInterval(rows), ...unanswered(rows),
    ...beside(files, scenario), ...external(files, scenario), ...emulated(files, scenario),
    ...realTargets(files, scenario), ...differing(files, scenario)];
};
