// What a request costs the client: CPU time, and memory for all of them; and how fast large bodies
// come in for that.

import { bars, barsHeight } from './parts/bars.mjs';
import { bytes, duration, number, short, withInterval, withUnit } from './parts/format.mjs';
import { drawnRows } from './parts/rows.mjs';

const MEBIBYTE = 1024 ** 2;

const isOfAll = (documents, scenario, partOf) => drawnRows(documents, scenario).length > 0
  && drawnRows(documents, scenario).every(({ cells }) => cells.every(({ summary }) => partOf(summary)));

const costChart = ({ measure, ...chart }) => ({
  applies: (documents, scenario) => drawnRows(documents, scenario).length > 0,
  plotHeight: barsHeight,
  legend: () => [],
  build(documents, scenario, theme) {
    return bars(this, documents, scenario, theme, {
      ...measure, hint: (cell) => withInterval(measure.format, measure.interval(cell)),
    });
  },
  ...chart,
});

export const cpu = costChart({
  id: 'cpu',
  title: 'CPU per request',
  description: 'Median user and system time of the client for one request with its 95 % interval, '
    + 'each strategy at its fastest number of workers.',
  measure: {
    interval: ({ summary }) => summary.intervals.cpu_us_per_request,
    format: withUnit(number, 'us'),
    scale: 1,
    axis: { name: 'CPU time per request, us', format: short(number) },
  },
});

export const bandwidth = costChart({
  id: 'bandwidth',
  title: 'Bytes per second',
  description: 'Median bytes of bodies that came in per second, with the 95 % interval, each '
    + 'strategy at its fastest number of workers.',
  measure: {
    interval: ({ summary }) => summary.bodies.mb_per_second,
    format: withUnit(number, 'MB/s'),
    scale: 1,
    axis: { name: 'bodies, MB/s', format: short(number) },
  },
  applies: (documents, scenario) => isOfAll(documents, scenario, ({ bodies }) => bodies),
});

// Of mode open: from when a request was due.
export const response = costChart({
  id: 'response',
  title: 'Response time',
  description: 'How long after they were due 99 of 100 requests were answered: the median over '
    + 'the runs, with the 95 % interval.',
  measure: {
    interval: ({ summary }) => summary.intervals.response_p99_ns,
    format: duration,
    scale: 1e-6,
    axis: { name: '99th percentile of response times, ms', format: short(number) },
  },
  applies: (documents, scenario) => isOfAll(documents, scenario,
    ({ intervals }) => intervals.response_p99_ns),
});

export const memory = costChart({
  id: 'memory',
  title: 'Peak memory',
  description: 'Median peak memory of the client, program and libraries included, with its 95 % '
    + 'interval, each strategy at its fastest number of workers.',
  measure: {
    interval: ({ summary }) => summary.intervals.peak_memory_bytes,
    format: bytes,
    scale: 1 / MEBIBYTE,
    axis: { name: 'peak memory, MiB', format: short(number) },
  },
});
