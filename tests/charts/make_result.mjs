// Synthetic result documents: node make_result.mjs '{"strategies": 12, "workers": [1, 2, 4]}'
//
// Runs follow a law of scalability with seeded noise. Summaries are blank and sweeps and
// recommendations empty: `fanout report FILE --format json` computes them, so that there is no
// second copy of the statistics here.

import { pathToFileURL } from 'node:url';

const NAMES = ['sequential', 'session_reuse', 'thread_queue', 'thread_pool', 'process_pool',
  'event_loop', 'static_shares', 'coroutines', 'thread_per_request', 'async_futures',
  'work_stealing', 'io_uring_loop'];

const HOLD_NS = 10e6;
const REQUESTS = 2000;

// Mulberry32: numbers in [0, 1) that are the same everywhere.
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

// The lowest value of a value's bucket, as base/histogram.cpp.
const bucketOf = (value) => {
  const width = 2 ** Math.max(0, Math.floor(Math.log2(value)) - 7);
  return Math.floor(value / width) * width;
};

const latencyOf = (random, mean) => {
  const values = Array.from({ length: REQUESTS }, () =>
    Math.round(mean * (0.9 + 0.25 * -Math.log(1 - random())))).sort((a, b) => a - b);
  const counts = new Map();
  for (const value of values) {
    counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1);
  }
  const at = (share) => values[Math.ceil(share * REQUESTS) - 1];
  return {
    histogram: [...counts],
    latency_ns: { min: values[0], mean: values.reduce((a, b) => a + b) / REQUESTS, p50: at(0.5),
      p90: at(0.9), p99: at(0.99), p999: null, max: values[REQUESTS - 1] },
  };
};

const quantiles = (mean) => ({ mean, p50: mean, p99: mean * 1.01, max: mean * 1.05 });

const serverOf = (workers) => ({
  connections: workers, requests: REQUESTS, answered: REQUESTS, unique_tokens: REQUESTS,
  duplicate_tokens: 0, untokened: 0, replayed: 0, abandoned: 0, handshakes: 0, resumed: 0, faults: {},
  methods: { GET: REQUESTS }, request_body_bytes: 0,
  peak_in_flight: workers, hold_ns: quantiles(HOLD_NS),
  hold_error_ns: quantiles(20e3), cpu_ns: REQUESTS * 8000, first_connection_ns: 1,
  last_answer_ns: 2,
});

const runOf = (random, strategy, workers, round, valid, reset) => {
  const slow = 1 + 0.004 * strategy * (workers - 1) + 2e-6 * strategy * workers * workers;
  const bound = Math.round(REQUESTS / workers * HOLD_NS);
  const makespan = Math.round(bound * slow * (1.02 + 0.04 * random()));
  return {
    round, position: strategy, program: '', valid, reasons: valid ? [] : ['1 request was never issued'],
    flags: workers >= 64 ? ['server_bound'] : [], makespan_ns: makespan, setup_ns: 3e6,
    requests: { total: REQUESTS, ok: REQUESTS - (valid ? reset : 1), failed: valid ? reset : 1,
      attempts: REQUESTS, retried: 0 },
    errors: valid ? (reset ? { reset } : {}) : { none: 1 }, retries: {}, queue_peak: null,
    ...latencyOf(random, HOLD_NS * slow),
    cpu_ns: Math.round(REQUESTS * (15e3 + 9e3 * strategy) * (0.95 + 0.1 * random())),
    process_cpu_ns: REQUESTS * 20e3, context_switches: { voluntary: REQUESTS, involuntary: 3 },
    peak_memory_bytes: Math.round((12 + strategy + 0.05 * workers + 0.2 * random()) * 2 ** 20),
    threads: workers, processes: 1, server: serverOf(workers), host: { steal_ns: 0 },
    open: null, steady: null,
    bound_ns: bound, efficiency: bound / makespan, limited_by: 'latency',
  };
};

const NO_INTERVAL = { median: 0, ci_low: null, ci_high: null };

const INTERVALS = ['requests_per_second', 'efficiency', 'cpu_us_per_request', 'latency_p50_ns',
  'latency_p99_ns', 'peak_memory_bytes', 'context_switches_per_request', 'success_share',
  'goodput_per_second', 'amplification'];

const blankSummary = (runs) => ({
  ...Object.fromEntries(INTERVALS.map((key) => [key, 0])),
  valid_runs: 0, total_runs: runs, makespan_ns: NO_INTERVAL, latency_by_percentile_ns: [],
  connections: 0, peak_in_flight: 0, limited_by: '',
  intervals: Object.fromEntries(INTERVALS.map((key) => [key, NO_INTERVAL])),
});

const scenarioOf = (name, workers, published) => ({
  name, summary: `${REQUESTS} GET that take 10 ms each`, requests: REQUESTS, workers,
  method: 'GET', request_body_bytes: 0, reuse: true, connect_timeout: '5000000000ns',
  timeout: '30000000000ns', strategies: [], transports: [], published,
  server: { engine: 'asio', threads: 128, bind: '', port: 0,
    hosts: [{ delay: '10000000ns', body_bytes: 115, status: 200 }] },
});

const ENVIRONMENT = {
  kernel: '6.1.0', os: 'Debian GNU/Linux 12 (bookworm)', cpu_model: 'Synthetic', cpus: 2,
  memory_bytes: 8 * 2 ** 30, congestion_control: 'cubic', socket_congestion_control: 'reno',
  file_descriptors: 20000, ephemeral_ports: 28232, server_cpus: [1], client_cpus: [0],
  libraries: { curl_easy: '7.88.1', beast_async: '1.81.0' },
};

const planOf = (scenarios, workers, rounds, seed, cells, published) => ({
  seed, rounds, affinity: 'isolated', time_budget_ns: null, run_limit_ns: null,
  predicted_ns: 60e9, scenarios: scenarios.map((name) => scenarioOf(name, workers, published)),
  cells, programs: [], precision: null, references: [], skipped: [],
});

const cellsOf = (scenarios, strategies, workers) => scenarios.flatMap((scenario) =>
  Array.from({ length: strategies }, (_, index) => workers.map((w) => ({
    strategy: NAMES[index % NAMES.length] + (index < NAMES.length ? '' : `_${index}`),
    transport: index % 4 === 3 ? 'beast_async' : 'curl_easy',
    stack: index % 4 === 3 ? 'beast' : 'libcurl', scenario, workers: w,
  }))).flat());

// `invalid`: how many cells, counted from the last, have no valid run. `reset`: how many requests of
// a run end so, one more with each round.
export const makeResult = ({ strategies = 4, workers = [1, 5, 10, 20], rounds = 10,
  scenarios = ['synthetic'], seed = 1, invalid = 0, reset = 0, published = [] } = {}) => {
  const random = generator(seed);
  const cells = cellsOf(scenarios, strategies, workers);
  const measured = cells.map((cell, index) => ({
    ...cell, profile: null, set_aside: [],
    runs: Array.from({ length: rounds }, (_, round) => runOf(random,
      Math.floor(index / workers.length) % strategies, cell.workers, round,
      index < cells.length - invalid, reset + (reset ? round : 0))),
    summary: blankSummary(rounds),
  }));
  return {
    schema_version: 1, tool: { version: '0.1.0', commit: '', build: 'Release' },
    environment: ENVIRONMENT, plan: planOf(scenarios, workers, rounds, seed, cells, published),
    command: 'fanout sweep --scenario synthetic', started_at: '2026-01-02T03:04:05Z',
    status: 'complete', stopped_by: 'rounds', warnings: [], cells: measured, references: [], sweeps: [],
    recommendations: [], originals: [], verdicts: [],
  };
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(makeResult(JSON.parse(process.argv[2] ?? '{}'))));
}
