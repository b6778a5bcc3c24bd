// Documents small enough to check by hand: only the fields that charts read.

const interval = (median, low, high) => ({ median, ci_low: low, ci_high: high });

// One cell; 500 requests, a hold time of 10 ms and an efficiency of 0.5 unless told otherwise.
export const cell = (strategy, workers, {
  rps = 1000, low = rps * 0.98, high = rps * 1.02, hold = 10e6, transport = 'curl',
  stack = 'libcurl', scenario = 'small', valid = true, rounds = 10, cpu = 50, memory = 10 * 2 ** 20,
  inFlight = workers, connections = workers, ok = 1, latency = [[50, 10e6], [90, 12e6]],
  http, shared,
} = {}) => {
  const without = low === null;
  const around = (median) => interval(median, without ? null : median * 0.98,
    without ? null : median * 1.02);
  return {
    strategy, transport, stack, scenario, workers,
    ...(http && { http }), ...(shared && { connections: shared }),
    runs: [{ valid, flags: [], reasons: valid ? [] : ['broken'], bound_ns: 2e8,
      server: { hold_ns: { mean: hold } } }],
    summary: {
      valid_runs: valid ? rounds : 0, total_runs: rounds, makespan_ns: around(1e11 / rps),
      requests_per_second: rps, efficiency: 0.5, cpu_us_per_request: cpu,
      peak_memory_bytes: memory, connections, peak_in_flight: inFlight,
      success_share: ok, goodput_per_second: ok * rps, amplification: ok ? 1 / ok : 0,
      latency_by_percentile_ns: latency.map(([percentile, median]) =>
        ({ percentile, ...around(median) })),
      intervals: {
        requests_per_second: interval(rps, low, high), efficiency: around(0.5),
        cpu_us_per_request: around(cpu), peak_memory_bytes: around(memory),
      },
    },
  };
};

// `knees`: strategy -> workers.
export const file = (name, cells, { knees = {}, requests = 500, rtt = '0ns' } = {}) => ({
  name,
  document: {
    schema_version: 1, tool: {}, environment: {}, recommendations: [], verdicts: [],
    plan: { scenarios: [...new Set(cells.map(({ scenario }) => scenario))].map((scenario) =>
      ({ name: scenario, requests, workers: [], strategies: [], transports: [], summary: '',
        server: { hosts: [{ rtt }] } })) },
    cells,
    sweeps: Object.entries(knees).map(([strategy, knee]) => ({ scenario: 'small', strategy,
      transport: 'curl', best_workers: 4, knee_workers: knee, knee_at_end: false })),
  },
});

// The same with its cells as one comparison of versions of HTTP.
export const withProtocols = (one) => {
  const { scenario, strategy, workers } = one.document.cells[0];
  const rows = one.document.cells.map(({ transport, http, connections }) => {
    const all = connections ?? workers;
    return { strategy, transport, workers, ...(http && { http }),
      ...(connections && { connections }), connections_seen: all,
      words: `HTTP/${http ?? '1.1'} over ${all} connection${all === 1 ? '' : 's'}`,
      streams_at_once: workers / all, handshakes: 0, header_bytes_in: http ? 20.5 : null,
      header_bytes_out: http ? 9 : null };
  });
  const protocols = [{ scenario, strategy, workers, rows, verdicts: [] }];
  return { ...one, document: { ...one.document, protocols } };
};

// The same with real targets: nobody counts at the server, and no bound is known.
export const withRealTargets = (documents) => {
  const copy = structuredClone(documents);
  for (const { document } of copy) {
    for (const scenario of document.plan.scenarios) scenario.server = null;
    for (const { runs, summary } of document.cells) {
      for (const run of runs) Object.assign(run, { server: null, bound_ns: 0 });
      Object.assign(summary, { efficiency: null, connections: null, peak_in_flight: null });
      summary.intervals.efficiency = null;
    }
  }
  return copy;
};
