// Whether something read from a file is a result document that can be drawn.

const SCHEMA_VERSION = 1;

const TOP = ['environment', 'plan', 'cells', 'sweeps', 'recommendations'];

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const isInterval = (value) => isObject(value) && typeof value.median === 'number'
  && 'ci_low' in value && 'ci_high' in value;

const isSummary = (summary) => isObject(summary) && typeof summary.valid_runs === 'number'
  && isInterval(summary.makespan_ns) && isObject(summary.intervals)
  && ['requests_per_second', 'efficiency', 'cpu_us_per_request', 'peak_memory_bytes']
    .every((key) => isInterval(summary.intervals[key]))
  && Array.isArray(summary.latency_by_percentile_ns);

const isCell = (cell) => isObject(cell) && Number.isInteger(cell.workers)
  && ['strategy', 'transport', 'stack', 'scenario'].every((key) => typeof cell[key] === 'string')
  && isSummary(cell.summary) && Array.isArray(cell.runs)
  && cell.runs.every((run) => typeof run.valid === 'boolean' && isObject(run.server));

const RENEW = 'made by another fanout; renew it with fanout report FILE --format json';

// What is wrong and what to do, in one line; empty if nothing is.
export const problemOf = (document) => {
  if (!isObject(document) || !('schema_version' in document) || !isObject(document.tool)) {
    return 'is not a result of fanout; name a file that fanout run has written';
  }
  if (document.schema_version !== SCHEMA_VERSION) {
    return `has schema version ${JSON.stringify(document.schema_version)}, not ${SCHEMA_VERSION}; `
      + 'draw it with the fanout that made it, or measure again';
  }
  const missing = TOP.find((key) => !(key in document));
  if (missing) return `has no "${missing}": ${RENEW}`;
  if (!Array.isArray(document.cells) || !Array.isArray(document.sweeps)
    || !Array.isArray(document.plan.scenarios) || !document.cells.every(isCell)) {
    return `is not a complete result document: ${RENEW}`;
  }
  if (!document.cells.some(({ summary }) => summary.valid_runs > 0)) {
    return 'has no valid run, so there is nothing to draw; fanout report FILE says why';
  }
  return '';
};
