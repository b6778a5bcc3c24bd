// Whether something read from a file is a result document that can be drawn: all that the charts
// read is there. results/report.schema.json says more, but takes a library to ask.

const SCHEMA_VERSION = 1;

const TOP = ['environment', 'plan', 'cells', 'sweeps', 'recommendations', 'verdicts'];

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value) => typeof value === 'number';
const isText = (value) => typeof value === 'string';
const isListOf = (isItem) => (value) => Array.isArray(value) && value.every(isItem);

// Whether all the fields named are such values.
const has = (value, isSuch, ...keys) => isObject(value) && keys.every((key) => isSuch(value[key]));

const bothOrNone = (one, isOne, other, isOther) =>
  (one === null && other === null) || (isOne(one) && isOther(other));
const orNull = (isSuch) => (value) => value === null || isSuch(value);

const isInterval = (value) => has(value, isNumber, 'median')
  && (has(value, isNumber, 'ci_low', 'ci_high') || (value.ci_low === null && value.ci_high === null));

const isPercentile = (value) => isInterval(value) && isNumber(value.percentile);

const isSummary = (summary) => isInterval(summary?.makespan_ns)
  && has(summary, isNumber, 'valid_runs', 'requests_per_second', 'success_share')
  && bothOrNone(summary.efficiency, isNumber, summary.intervals?.efficiency, isInterval)
  && bothOrNone(summary.connections, isNumber, summary.peak_in_flight, isNumber)
  && has(summary.intervals, isInterval, 'requests_per_second', 'cpu_us_per_request',
    'peak_memory_bytes')
  && isListOf(isPercentile)(summary.latency_by_percentile_ns);

const isCounters = (server) => isNumber(server?.hold_ns?.mean);

const isMoment = (moment) => isListOf(isNumber)(moment) && moment.length === 4;

// Results of earlier versions say nothing of limits.
const isLimits = (limits) => limits === undefined || isListOf(isMoment)(limits?.over_time);

const isRun = (run) => has(run, isNumber, 'bound_ns') && has(run, orNull(isCounters), 'server')
  && typeof run.valid === 'boolean' && (run.limits === null || isLimits(run.limits))
  && (!run.limits || isNumber(run.makespan_ns));

const isCell = (cell) => has(cell, isText, 'strategy', 'transport', 'stack', 'scenario')
  && isNumber(cell.workers) && isSummary(cell.summary) && isListOf(isRun)(cell.runs)
  && (cell.summary.valid_runs > 0) === cell.runs.some(({ valid }) => valid);

const isHost = (host) => has(host, isText, 'rtt');

const isServer = (server) => isListOf(isHost)(server?.hosts);

const isScenario = (scenario) => has(scenario, isText, 'name') && isNumber(scenario.requests)
  && has(scenario, orNull(isServer), 'server');

const isStep = (step) => isListOf(isNumber)(step) && step.length === 2;

const isCapacity = (capacity) => has(capacity, isText, 'scenario')
  && isListOf(isStep)(capacity.steps) && capacity.steps.length > 0;

const isWhole = ({ plan, cells, sweeps, capacities = [] }) =>
  isListOf(isScenario)(plan?.scenarios)
  && isListOf(isCell)(cells) && isListOf(isObject)(sweeps) && isListOf(isCapacity)(capacities)
  && cells.every((cell) => plan.scenarios.some(({ name }) => name === cell.scenario));

const RENEW = 'renew it with fanout report FILE --format json';

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
  if (missing) return `has no "${missing}"; ${RENEW}`;
  if (!isWhole(document)) return `is not a complete result document; ${RENEW}`;
  if (!document.cells.some(({ summary }) => summary.valid_runs > 0)) {
    return 'has no valid run, so there is nothing to draw; fanout report FILE says why';
  }
  return '';
};
