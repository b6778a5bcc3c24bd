// What the charts draw: a row is a strategy with a transport, a version of HTTP and a number of
// connections, in one scenario of one file.

const unique = (values) => [...new Set(values)];

// How a cell's requests go out, as `transport_text` in harness/plan/cell.h: "curl_asio", or of HTTP/2
// "curl_asio h2 x 4", and "h2 x W" where each request in flight has a connection of its own.
export const transportText = ({ transport, http, connections }) =>
  (http === undefined ? transport : `${transport} h${http} x ${connections ?? 'W'}`);

const keyOf = (cell) => `${cell.strategy}\n${transportText(cell)}`;
const cellsOf = ({ document }, scenario) =>
  document.cells.filter((cell) => cell.scenario === scenario);

export const isProven = (cell) => cell.summary.valid_runs > 0;

export const validRuns = (cell) => cell.runs.filter((run) => run.valid);

// The scenarios measured in any of the files, in their order.
export const scenarioNames = (documents) =>
  unique(documents.flatMap(({ document }) => document.cells.map((cell) => cell.scenario)));

// The scenario as one file planned it, or nothing.
export const planOf = ({ document }, scenario) =>
  document.plan.scenarios.find(({ name }) => name === scenario);

// Whether all files run the scenario in mode batch: in others makespans are the length of
// a window or of a schedule, and say nothing of strategies. (Older files name no mode.)
export const isBatch = (documents, scenario) =>
  documents.every((file) => (planOf(file, scenario)?.mode ?? 'batch') === 'batch');

// Whether a file's requests of the scenario went to URLs of the user's own.
export const hasRealTargets = (scenario) => (file) => planOf(file, scenario)?.server === null;

// The files that measured the scenario.
export const filesWith = (documents, scenario) =>
  documents.filter((file) => cellsOf(file, scenario).length > 0);

// Whether a cell's strategy is an external program, with an HTTP client of its own.
export const isExternal = ({ stack }) => stack === 'own';

// Whether a cell's HTTP library, its version of HTTP or its number of connections is another than
// that of its scenario's first row: then the difference is not the strategy's alone. As `is_beside`
// in harness/analysis/contenders.cpp.
export const isBeside = ({ document }, cell) => {
  if (isExternal(cell)) return false;
  const first = document.cells.find(
    ({ scenario, stack }) => scenario === cell.scenario && stack !== 'none');
  return cell.stack !== 'none' && first !== undefined
    && ['stack', 'http', 'connections'].some((key) => first[key] !== cell[key]);
};

// Files may have equal names; a series may not.
export const withDistinctNames = (documents) =>
  documents.map((file, index) => {
    const before = documents.slice(0, index).filter(({ name }) => name === file.name).length;
    return before ? { ...file, name: `${file.name} (${before + 1})` } : file;
  });

const sweepOf = ({ document }, cell) => document.sweeps.find((sweep) =>
  sweep.scenario === cell.scenario && keyOf(sweep) === keyOf(cell));

const nameOf = (file, cell, documents) => {
  const transports = documents.flatMap((each) => cellsOf(each, cell.scenario))
    .filter(({ strategy }) => strategy === cell.strategy).map(transportText);
  return cell.strategy + (unique(transports).length > 1 ? `/${transportText(cell)}` : '') +
    (isBeside(file, cell) ? ' *' : '') + (documents.length > 1 ? ` · ${file.name}` : '');
};

// The comparisons of versions of HTTP in a scenario, each row with its cell; rows without a valid run
// are left out. (Older files compare none.)
export const comparisonsOf = (file, scenario) => (file.document.protocols ?? [])
  .filter((one) => one.scenario === scenario)
  .map((one) => ({ ...one, rows: one.rows.flatMap((row) => cellsOf(file, scenario)
    .filter((cell) => isProven(cell) && cell.workers === row.workers && keyOf(cell) === keyOf(row))
    .map((cell) => ({ ...row, cell }))) }));

// `index` tells strategies apart and `file` the files: colours and markers hang on them, so they
// count over all scenarios.
export const rowsOf = (documents, scenario) => {
  const keys = unique(documents.flatMap(({ document }) => document.cells.map(keyOf)));
  const rowOf = (file, index, fileIndex) => {
    const cells = cellsOf(file, scenario).filter((cell) => keyOf(cell) === keys[index])
      .sort((a, b) => a.workers - b.workers);
    return cells.length === 0 ? [] : [{
      index,
      file: fileIndex,
      files: documents.length,
      name: nameOf(file, cells[0], documents),
      cells: cells.filter(isProven),
      unproven: cells.filter((cell) => !isProven(cell)),
      sweep: sweepOf(file, cells[0]),
    }];
  };
  return keys.flatMap((_, index) =>
    documents.flatMap((file, fileIndex) => rowOf(file, index, fileIndex)));
};

export const drawnRows = (documents, scenario) =>
  rowsOf(documents, scenario).filter(({ cells }) => cells.length > 0);

export const isSweep = (documents, scenario) =>
  drawnRows(documents, scenario).some(({ cells }) => cells.length > 1);

const fastest = (cells) => cells.reduce((best, cell) =>
  cell.summary.requests_per_second > best.summary.requests_per_second ? cell : best);

// One cell for each row: the fastest. Of several files the first decides for all, so that equal
// numbers of workers are compared.
export const bestCells = (rows) => {
  const chosen = new Map();
  return rows.map((row) => {
    if (!chosen.has(row.index)) {
      chosen.set(row.index, row.sweep?.best_workers ?? fastest(row.cells).workers);
    }
    const wanted = chosen.get(row.index);
    return { row, cell: row.cells.find(({ workers }) => workers === wanted) ?? fastest(row.cells) };
  });
};

// The numbers of workers tested, ascending.
export const workersOf = (rows) =>
  unique(rows.flatMap(({ cells }) => cells.map(({ workers }) => workers))).sort((a, b) => a - b);

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
