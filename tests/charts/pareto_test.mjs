// Time against cost, on documents small enough to check by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { themeOf } from '../../charts/src/parts/look.mjs';
import { frontierOf, pareto } from '../../charts/src/pareto.mjs';
import { toSvg } from '../../charts/src/svg.mjs';
import { cell, file, withRealTargets } from './small_documents.mjs';

const SCENARIO = 'small';
const theme = themeOf('light');

// Makespans of 1e11 / rps ns: 200, 100, 100 and 400 ms.
const four = () => [file('one', [
  cell('thrifty', 1, { rps: 500, cpu: 20 }),
  cell('fast', 1, { rps: 1000, cpu: 40 }),
  cell('wasteful', 1, { rps: 1000, cpu: 90 }),
  cell('slow', 1, { rps: 250, cpu: 30, low: null, high: null }),
])];

const scatters = (option) => option.series.filter(({ type }) => type === 'scatter');

test('the frontier is what no other beats in both, by medians', () => {
  const option = pareto.build(four(), SCENARIO, theme);
  const frontier = option.series.find(({ name }) => name.startsWith('not beaten'));
  assert.deepEqual(frontier.data, [[1e8, 40], [2e8, 20]]);
  const shown = Object.fromEntries(scatters(option)
    .map(({ name, data }) => [name, [data[0].itemStyle.opacity === 1, data[0].label.show]]));
  assert.deepEqual(shown, { thrifty: [true, true], fast: [true, true], wasteful: [false, false],
    slow: [false, false] });
});

test('of equal cells one is on the frontier, and of one cell there is no chart', () => {
  const points = [1, 2].map((workers) => ({ row: {}, cell: cell('a', workers) }));
  assert.equal(frontierOf(points).length, 1);
  assert.ok(!pareto.applies([file('one', [cell('a', 1)])], SCENARIO));
  assert.ok(pareto.applies(four(), SCENARIO));
  assert.ok(pareto.applies(withRealTargets(four()), SCENARIO));
});

test('crosses are the intervals, where there are any', () => {
  const option = pareto.build(four(), SCENARIO, theme);
  const cross = (wanted) => option.series.find(({ name, type }) =>
    name === wanted && type === 'custom').data;
  assert.deepEqual(cross('fast'), [[0.98e8, 1.02e8, 0.98 * 40, 1.02 * 40]]);
  assert.deepEqual(cross('slow'), []);
});

test('a sweep says how many workers, in a narrow picture on a line of its own', () => {
  const sweep = [file('one', [1, 2].map((workers) => cell('a', workers, { rps: 100 * workers })))];
  const label = (look) => scatters(pareto.build(sweep, SCENARIO, look))[0].data[0].label.formatter;
  assert.equal(label(theme), 'a, 2 workers');
  assert.equal(label(themeOf('dark', { width: 400 })), 'a\n2 workers');
  assert.match(toSvg({ chart: pareto, scenario: SCENARIO, documents: sweep }), /a, 2 workers/);
});
