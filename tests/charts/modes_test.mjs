// What is drawn of modes steady and open.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { themeOf } from '../../charts/src/parts/look.mjs';
import { chartsOf } from '../../charts/src/registry.mjs';
import { cell, file } from './small_documents.mjs';

const ids = (documents) => chartsOf(documents, ['small']).map(({ chart }) => chart.id);

test('makespans are drawn in mode batch only', () => {
  const documents = [file('one', [cell('a', 4), cell('b', 4)])];
  for (const mode of ['steady', 'open']) {
    documents[0].document.plan.scenarios[0].mode = mode;
    assert.ok(!ids(documents).includes('makespan'), mode);
    assert.ok(ids(documents).includes('latency'), mode);
  }
  documents[0].document.plan.scenarios[0].mode = 'batch';
  assert.ok(ids(documents).includes('makespan'));
});

test('bytes per second are drawn where bodies are large', () => {
  const documents = [file('one', [cell('a', 4), cell('b', 4)])];
  assert.ok(!ids(documents).includes('bandwidth'));
  const interval = (median) => ({ median, ci_low: null, ci_high: null });
  for (const { summary } of documents[0].document.cells) {
    summary.bodies = { mb_per_second: interval(1200), cpu_s_per_gib: interval(0.1) };
  }
  assert.ok(ids(documents).includes('bandwidth'));
});

test('response times are drawn of mode open', () => {
  const documents = [file('one', [cell('a', 4), cell('b', 4)])];
  assert.ok(!ids(documents).includes('response'));
  for (const { summary } of documents[0].document.cells) {
    summary.intervals.response_p99_ns = { median: 3e7, ci_low: 2e7, ci_high: 4e7 };
  }
  assert.ok(ids(documents).includes('response'));
  const [{ chart }] = chartsOf(documents, ['small']).filter((one) => one.chart.id === 'response');
  const { series: [bars] } = chart.build(documents, 'small', themeOf('light'));
  assert.deepEqual(bars.data.map(({ value }) => Math.round(value)), [30, 30]);
});

test('where the time of requests to real targets goes is stacked, without phases of no time', () => {
  const documents = [file('one', [cell('a', 4), cell('b', 4)])];
  assert.ok(!ids(documents).includes('phases'));
  const interval = (median) => ({ median, ci_low: null, ci_high: null });
  documents[0].document.cells[0].summary.phases = { queue_ns: interval(0),
    connect_ns: interval(1e9), handshake_ns: interval(0), first_byte_ns: interval(3e9),
    body_ns: interval(0) };
  const [{ chart }] = chartsOf(documents, ['small']).filter((one) => one.chart.id === 'phases');
  const theme = themeOf('light');
  const { series } = chart.build(documents, 'small', theme);
  assert.deepEqual(series.map(({ name }) => name), ['connecting', 'waiting for the first byte']);
  assert.match(series[0].data[0].hint, /connecting: 1.00 s, 25/);
  assert.deepEqual(chart.legend(documents, 'small', theme).map(({ name }) => name),
    series.map(({ name }) => name));
});
