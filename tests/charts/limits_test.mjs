// The chart of limits over time, on documents small enough to check by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { problemOf } from '../../charts/src/check.mjs';
import { limits } from '../../charts/src/limits.mjs';
import { themeOf } from '../../charts/src/parts/look.mjs';
import { chartsOf } from '../../charts/src/registry.mjs';
import { toSvg } from '../../charts/src/svg.mjs';
import { cell, file } from './small_documents.mjs';

const theme = themeOf('light');
const NAMES = ['aimd', 'gradient', 'event_loop'];

// Two strategies with limits, the first with several runs; and one without.
const measured = (capacities = [{ scenario: 'small', steps: [[0, 20], [2e9, 8]] }]) => {
  const one = file('one', NAMES.map((name) => cell(name, 50)));
  const [run] = one.document.cells[0].runs;
  const runOf = (makespan_ns, over_time) => ({ ...run, makespan_ns, limits: { over_time } });
  const moments = (limit) => [[-5, limit, 3, 0], [1e9, 19.5, 19, 2e7], [3e9, 8.25, 8, 2e7]];
  one.document.cells[0].runs = [runOf(1e9, moments(1)), runOf(3e9, moments(10)),
    runOf(9e9, moments(2))];
  one.document.cells[1].runs = [runOf(3e9, moments(3))];
  one.document.cells[2].runs = [{ ...run, limits: null }];
  return { ...one, document: { ...one.document, capacities } };
};

test('a line for each adaptive strategy, of its run of middle length', () => {
  const option = limits.build([measured()], 'small', theme);
  assert.deepEqual(option.series.map(({ name }) => name),
    ["the server's capacity", 'aimd', 'gradient']);
  assert.deepEqual(option.series[1].data.map(({ value }) => value),
    [[0, 10], [1e9, 19.5], [3e9, 8.25]]);
  assert.match(option.series[1].data[2].hint, /aimd: at most 8.25, 8 in flight/);
});

test("the server's capacity is a line of steps, until the last limit", () => {
  const [capacity] = limits.build([measured()], 'small', theme).series;
  assert.deepEqual(capacity.data, [[0, 20], [2e9, 8], [3e9, 8]]);
  assert.equal(capacity.step, 'end');
  const names = limits.build([measured([])], 'small', theme).series.map(({ name }) => name);
  assert.deepEqual(names, ['aimd', 'gradient'], 'none where it is not known');
});

test('it is drawn where a strategy found its own limit, and only there', () => {
  const ids = (documents) => chartsOf(documents, ['small']).map(({ chart }) => chart.id);
  assert.ok(ids([measured()]).includes('limits'));
  assert.ok(!ids([file('one', [cell('event_loop', 5)])]).includes('limits'));
  const drawing = chartsOf([measured()], ['small']).find(({ chart }) => chart.id === 'limits');
  assert.ok(!toSvg(drawing).includes('NaN'));
});

test('a document with a moment or a capacity of another form is refused', () => {
  const { document } = measured();
  assert.equal(problemOf(document), '');
  const broken = (change) => {
    const copy = structuredClone(document);
    change(copy);
    return problemOf(copy);
  };
  assert.match(broken((d) => { d.cells[0].runs[0].limits.over_time[0] = [1]; }), /not a complete/);
  assert.match(broken((d) => { d.cells[0].runs[0].limits = 'x'; }), /not a complete/);
  assert.match(broken((d) => { d.capacities[0].steps = []; }), /not a complete/);
});
