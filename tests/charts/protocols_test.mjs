// Cells of several versions of HTTP and numbers of connections: they are rows of their own, and are
// held against each other in a chart and, in a browser, a table (protocols_page_test.mjs).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { historyChart } from '../../charts/src/history.mjs';
import { themeOf } from '../../charts/src/parts/look.mjs';
import { notesOf } from '../../charts/src/parts/notes.mjs';
import { isBeside, rowsOf, transportText } from '../../charts/src/parts/rows.mjs';
import { charts } from '../../charts/src/registry.mjs';
import { toSvg } from '../../charts/src/svg.mjs';
import { cell, file, withProtocols } from './small_documents.mjs';

const SCENARIO = 'small';
const theme = themeOf('light');
const chart = charts.find(({ id }) => id === 'protocols');

const cells = () => [
  cell('event_loop', 8, { cpu: 40, rps: 1000 }),
  cell('event_loop', 8, { cpu: 30, rps: 500, http: '2', shared: 1 }),
  cell('event_loop', 8, { cpu: 60, rps: 900, low: null, high: null, http: '2' }),
];
const documents = () => [withProtocols(file('one', cells()))];

test('the transport says version and connections', () => {
  assert.deepEqual(cells().map(transportText), ['curl', 'curl h2 x 1', 'curl h2 x W']);
});

test('rows of another version or number of connections are rows of their own, and marked', () => {
  const rows = rowsOf(documents(), SCENARIO);
  assert.deepEqual(rows.map(({ name }) => name),
    ['event_loop/curl', 'event_loop/curl h2 x 1 *', 'event_loop/curl h2 x W *']);
  assert.deepEqual(rows.map((row) => row.cells.length), [1, 1, 1]);
  assert.equal(notesOf(documents(), SCENARIO).at(-1), '* another HTTP stack, version of HTTP '
    + "or number of connections: the difference is not the strategy's alone");
});

test('where the first row speaks HTTP/2, its like are not marked', () => {
  const [, one, each] = cells();
  const [{ document }] = [file('one', [one, each, cell('thread_pool', 8)])];
  assert.deepEqual(document.cells.map((each) => isBeside({ document }, each)), [false, true, true]);
});

test('a sweep belongs to the rows of its version and connections', () => {
  const one = file('one', cells(), { knees: { event_loop: 4 } });
  Object.assign(one.document.sweeps[0], { http: '2', connections: 1 });
  assert.deepEqual(rowsOf([one], SCENARIO).map(({ sweep }) => sweep?.knee_workers),
    [undefined, 4, undefined]);
});

test('a bar for each version and connections, by both measures, with intervals', () => {
  const option = chart.build(documents(), SCENARIO, theme);
  const values = (name, type) => option.series.find((series) =>
    series.name === name && series.type === type).data;
  assert.deepEqual(option.yAxis[0].data, ['{name|event_loop, 8 in flight}',
    'HTTP/1.1 over 8 connections, curl', 'HTTP/2 over 1 connection, curl',
    'HTTP/2 over 8 connections, curl']);
  assert.deepEqual(values('CPU per request', 'bar').map(({ value }) => value), [null, 40, 30, 60]);
  assert.deepEqual(values('makespan', 'bar').map(({ value }) => value).slice(0, 3),
    [null, 100, 200]);
  assert.deepEqual(values('CPU per request', 'custom'),
    [[39.2, 40.8, 1], [29.4, 30.6, 2], [null, null, 3]]);
  assert.match(values('makespan', 'bar')[2].hint,
    /^CPU per request 30\.0 us \(95 %: .*\); makespan 200 ms \(95 %: /);
  const colours = values('makespan', 'bar').slice(1).map(({ itemStyle }) => itemStyle.color);
  assert.equal(new Set(colours).size, 3);
});

test('the chart is there where versions were compared, without what was not proven', () => {
  assert.equal(chart.applies([file('one', cells())], SCENARIO), false);
  assert.equal(chart.applies(documents(), 'other'), false);
  const unproven = cell('event_loop', 8, { http: '2', shared: 2, valid: false });
  const partly = [withProtocols(file('one', [...cells(), unproven]))];
  assert.equal(chart.build(partly, SCENARIO, theme).yAxis[0].data.length, 4);
});

test('in other modes than batch it shows requests per second', () => {
  const [one] = documents();
  one.document.plan.scenarios[0].mode = 'steady';
  assert.deepEqual(chart.build([one], SCENARIO, theme).xAxis.map(({ name }) => name),
    ['CPU time per request, us', 'requests per second']);
});

test('it is a picture like the others, and is drawn narrow', () => {
  const svg = toSvg({ chart, documents: documents(), scenario: SCENARIO });
  assert.match(svg, /^<svg[^]*HTTP versions[^]*<\/svg>$/);
  assert.ok(svg.includes('HTTP/2 over 1 connection, curl') && !svg.includes('NaN'));
  const narrow = chart.build(documents(), SCENARIO, themeOf('dark', { width: 360, still: false }));
  assert.ok(narrow.grid[1].top > narrow.grid[0].top);
  assert.equal(narrow.yAxis[1].data[1], 'HTTP/1.1 over 8\ncurl');
});

test('the charts of a history are told apart', () => {
  const row = { measure: 'cpu', strategy: 'event_loop', transport: 'curl', workers: 8, points: [] };
  assert.equal(historyChart(row, []).id, 'cpu-event_loop-curl-8');
  assert.equal(historyChart({ ...row, http: '2', connections: 4 }, []).id,
    'cpu-event_loop-curl-h2-x-4-8');
});
