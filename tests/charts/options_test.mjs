// The option builders on documents small enough to check by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { problemOf } from '../../charts/src/check.mjs';
import { tail } from '../../charts/src/latency.mjs';
import * as format from '../../charts/src/parts/format.mjs';
import { wrap } from '../../charts/src/parts/frame.mjs';
import { themeOf } from '../../charts/src/parts/look.mjs';
import { notesOf } from '../../charts/src/parts/notes.mjs';
import { bestCells, rowsOf, withDistinctNames } from '../../charts/src/parts/rows.mjs';
import { ladder } from '../../charts/src/parts/scales.mjs';
import { tooltipText } from '../../charts/src/parts/tooltip.mjs';
import { charts, chartsOf } from '../../charts/src/registry.mjs';
import { stemOf, toSvg } from '../../charts/src/svg.mjs';
import { cell, file, withRealTargets } from './small_documents.mjs';

const SCENARIO = 'small';
const theme = themeOf('light');

const build = (id, documents, look = theme) => {
  const chart = charts.find((each) => each.id === id && each.applies(documents, SCENARIO));
  assert.ok(chart, `no chart ${id} applies`);
  return chart.build(documents, SCENARIO, look);
};

const ids = (documents) => chartsOf(documents, [SCENARIO]).map(({ chart }) => chart.id);
const seriesOf = (option, name, type) =>
  option.series.filter((series) => series.name === name && series.type === type);
const valuesOf = ([series]) => series.data.map(({ value }) => value);

const sweep = () => file('one', [
  cell('thread_pool', 1, { rps: 100, low: 90, high: 110 }),
  cell('thread_pool', 2, { rps: 190, low: 180, high: 195 }),
  cell('thread_pool', 4, { rps: 200, low: 195, high: 205 }),
  cell('event_loop', 1, { rps: 100, low: null, high: null }),
  cell('event_loop', 4, { rps: 400, low: null, high: null }),
], { knees: { thread_pool: 2 } });

test('throughput: points, band, knee and the ideal line are the documents numbers', () => {
  const option = build('throughput', [sweep()]);
  assert.deepEqual(valuesOf(seriesOf(option, 'thread_pool', 'line')),
    [[1, 100], [2, 190], [4, 200]]);
  assert.deepEqual(seriesOf(option, 'thread_pool', 'custom')[0].data,
    [[1, 90, 110], [2, 180, 195], [4, 195, 205]]);
  const [knee] = seriesOf(option, 'thread_pool', 'scatter');
  assert.deepEqual(knee.data, [{ value: [2, 190] }]);
  assert.equal(knee.label.formatter, '2');
  // 10 ms of hold: a worker can do 100 requests a second.
  assert.deepEqual(valuesOf(seriesOf(option, 'ideal: workers / hold time', 'line')),
    [[1, 100], [2, 200], [4, 400]]);
});

test('throughput: without intervals there is no band, without a knee no ring', () => {
  const option = build('throughput', [sweep()]);
  assert.deepEqual(seriesOf(option, 'event_loop', 'custom'), []);
  assert.deepEqual(seriesOf(option, 'event_loop', 'scatter'), []);
});

test('an emulated round trip is said beside every chart', () => {
  const notesWith = (rtt) => notesOf([file('a', [cell('sequential', 1)], { rtt })], SCENARIO);
  assert.deepEqual(notesWith('0ns'), []);
  assert.deepEqual(notesWith('20000000ns'), ['emulated round trip: up to 20.0 ms']);
});

test('throughput: without a server there is no ideal line', () => {
  const documents = [file('one', [1, 2].map((w) => cell('a', w, { hold: 0, stack: 'none' })))];
  assert.ok(build('throughput', documents).series.every(({ name }) => name === 'a'));
  assert.ok(!ids(documents).includes('concurrency'), 'nobody counted connections');
});

test('real targets: nothing is drawn of what is not known, and that is said', () => {
  const documents = withRealTargets([sweep()]);
  assert.equal(problemOf(documents[0].document), '');
  const drawn = ids(documents);
  for (const id of ['throughput', 'makespan', 'latency', 'cpu', 'memory']) {
    assert.ok(drawn.includes(id), id);
  }
  for (const id of ['efficiency', 'concurrency']) assert.ok(!drawn.includes(id), id);
  const names = build('throughput', documents).series.map(({ name }) => name);
  assert.ok(!names.some((name) => name.startsWith('ideal')));
  const [bound] = seriesOf(build('makespan', documents), 'lower bound', 'scatter');
  assert.deepEqual(bound.data, []);
  assert.deepEqual(charts.find(({ id }) => id === 'makespan').legend(documents, SCENARIO, theme), []);
  assert.ok(notesOf(documents, SCENARIO).some((note) => note.startsWith('real targets:')));
});

test('both axes of throughput are logarithmic, and span all that is drawn', () => {
  const { xAxis, yAxis } = build('throughput', [sweep()]);
  assert.deepEqual([xAxis.type, yAxis.type], ['log', 'log']);
  assert.deepEqual(xAxis.axisLabel.customValues, [1, 2, 4]);
  assert.ok(xAxis.min < 1 && xAxis.max > 4 && yAxis.min < 100 && yAxis.max > 400);
});

test('bars: the fastest number of workers, its median, whisker and lower bound', () => {
  const option = build('makespan', [sweep()]);
  assert.deepEqual(option.yAxis.data, ['thread_pool, 4 workers', 'event_loop, 4 workers']);
  const [bars] = seriesOf(option, 'median', 'bar');
  assert.deepEqual(bars.data.map(({ value }) => value), [5e8, 2.5e8]);
  assert.deepEqual(seriesOf(option, 'median', 'custom')[0].data,
    [[4.9e8, 5.1e8, 0], [null, null, 1]]);
  assert.deepEqual(valuesOf(seriesOf(option, 'lower bound', 'scatter')), [[2e8, 0], [2e8, 1]]);
});

test('bars: cost in the unit of the axis', () => {
  const documents = [file('one', [cell('a', 2, { cpu: 42.5, memory: 3 * 2 ** 20 })])];
  assert.equal(build('cpu', documents).series[0].data[0].value, 42.5);
  assert.equal(build('memory', documents).series[0].data[0].value, 3);
  assert.match(build('memory', documents).series[0].data[0].hint, /^3\.00 MiB/);
});

test('latency: the axis is how rare a request is', () => {
  assert.deepEqual([50, 90, 99, 99.9, 99.99].map(tail), [2, 10, 100, 1000, 10000]);
  const documents = [file('one', [cell('a', 1, { latency: [[50, 1e6], [90, 2e6], [99, 9e6]] })])];
  const option = build('latency', documents);
  assert.deepEqual(valuesOf(seriesOf(option, 'a', 'line')), [[2, 1e6], [10, 2e6], [100, 9e6]]);
  assert.equal(option.xAxis.axisLabel.formatter(1000), '99.9 %');
  assert.equal(option.yAxis.type, 'value');
});

test('latency: a wide range gets a logarithmic axis', () => {
  const documents = [file('one', [cell('a', 1, { latency: [[50, 1e6], [99, 1e9]] })])];
  assert.equal(build('latency', documents).yAxis.type, 'log');
});

test('efficiency: a tile for each cell measured', () => {
  const option = build('efficiency', [sweep()]);
  assert.deepEqual(option.xAxis.data, ['1', '2', '4']);
  assert.deepEqual(option.series[0].data.map(({ value }) => value),
    [[0, 0, 0.5], [1, 0, 0.5], [2, 0, 0.5], [0, 1, 0.5], [2, 1, 0.5]]);
});

test('concurrency: marks for one number of workers, panels for a sweep', () => {
  const one = build('concurrency', [file('one', [cell('a', 8, { inFlight: 5, connections: 7 })])]);
  assert.deepEqual(one.series.map((series) => valuesOf([series])), [[[8, 0]], [[5, 0]], [[7, 0]]]);
  const several = build('concurrency', [sweep()]);
  assert.equal(several.grid.length, 2);
  assert.deepEqual(valuesOf(seriesOf(several, 'thread_pool', 'line')), [[1, 1], [2, 2], [4, 4]]);
});

test('charts that make no sense for what was measured are left out', () => {
  assert.deepEqual(ids([file('one', [cell('a', 4), cell('b', 4)])]),
    ['makespan', 'pareto', 'latency', 'cpu', 'memory', 'concurrency']);
  assert.deepEqual(ids([sweep()]), ['throughput', 'makespan', 'pareto', 'latency', 'cpu',
    'memory', 'efficiency', 'concurrency']);
});

test('cells without a valid run are not drawn, but named', () => {
  const documents = [file('one', [cell('a', 1), cell('a', 2, { rps: 2000 }),
    cell('a', 4, { valid: false }), cell('b', 1, { valid: false })])];
  assert.deepEqual(build('throughput', documents).xAxis.axisLabel.customValues, [1, 2]);
  assert.deepEqual(build('makespan', documents).yAxis.data, ['a, 2 workers']);
  assert.deepEqual(notesOf(documents, SCENARIO).slice(0, 1),
    ['no valid run, so not drawn: a with 4 workers, b with 1 worker']);
});

test('few rounds: the missing interval is explained, for all cells or some', () => {
  const few = cell('a', 1, { rounds: 5, low: null, high: null });
  assert.deepEqual(notesOf([file('one', [few])], SCENARIO), ['no interval: fewer than 6 rounds']);
  assert.deepEqual(notesOf([file('one', [few, cell('b', 1)])], SCENARIO),
    ['no interval for 1 of 2 cells: fewer than 6 rounds']);
});

test('what was not answered is told beside the charts', () => {
  const notes = (...shares) => notesOf([file('one', shares.map((ok, i) =>
    cell('abc'[i], 1, { ok })))], SCENARIO);
  assert.deepEqual(notes(1, 1), []);
  assert.deepEqual(notes(0.5, 0.5), ['requests that succeeded, in every cell: 50.0 %']);
  assert.match(notes(0, 1)[0], /by cell: 0.0 % to 100.0 %; less done is not faster$/);
});

test('a row with another HTTP stack is marked', () => {
  const documents = [file('one', [cell('a', 1),
    cell('a', 1, { transport: 'beast', stack: 'beast' })])];
  assert.deepEqual(rowsOf(documents, SCENARIO).map(({ name }) => name), ['a/curl', 'a/beast *']);
  assert.match(notesOf(documents, SCENARIO).at(-1), /^\* another HTTP stack/);
});

test('colour, marker and dash hang on the strategy, not on what else is drawn', () => {
  const look = (documents, name, scenario = SCENARIO) => {
    const chart = charts.find(({ id }) => id === 'latency');
    return chart.legend(documents, scenario, theme).find((entry) => entry.name === name);
  };
  const three = [file('one', [cell('a', 1), cell('b', 1), cell('c', 1)])];
  const invalid = [file('one', [cell('a', 1, { valid: false }), cell('b', 1), cell('c', 1)])];
  assert.deepEqual(look(three, 'b'), look(invalid, 'b'));
  const both = [file('one', [cell('a', 1), cell('b', 1), cell('b', 1, { scenario: 'other' })])];
  assert.deepEqual(look(both, 'b'), look(both, 'b', 'other'));
});

test('forty rows differ in colour, marker or dash', () => {
  const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const documents = [file('one', names.map((name) => cell(name, 1)))];
  const looks = charts.find(({ id }) => id === 'latency').legend(documents, SCENARIO, theme)
    .map(({ colour, symbol, dash }) => JSON.stringify([colour, symbol, dash]));
  assert.equal(new Set(looks).size, 40);
});

test('overlay: the file is in the name and the dash, the colour stays the strategys', () => {
  const documents = withDistinctNames([sweep(), { ...sweep(), name: 'one' }]);
  const option = build('throughput', documents);
  const [first] = seriesOf(option, 'thread_pool · one', 'line');
  const [second] = seriesOf(option, 'thread_pool · one (2)', 'line');
  assert.equal(first.lineStyle.color, second.lineStyle.color);
  assert.equal(first.symbol, second.symbol);
  assert.notDeepEqual(first.lineStyle.type, second.lineStyle.type);
  const bars = build('makespan', documents).series[0].data.map(({ itemStyle }) => itemStyle);
  assert.equal(bars[0].color, bars[1].color);
  assert.ok(!bars[0].decal && bars[1].decal);
});

test('overlay: equal numbers of workers are compared', () => {
  const other = file('two', [cell('thread_pool', 2, { rps: 300 }),
    cell('thread_pool', 4, { rps: 9 })]);
  const cells = bestCells(rowsOf([sweep(), other], SCENARIO)
    .filter(({ name }) => name.startsWith('thread_pool')));
  assert.deepEqual(cells.map((each) => each.cell.workers), [4, 4]);
});

test('overlay: files that define the scenario differently are told of', () => {
  const other = file('two', [cell('a', 1)], { requests: 7 });
  assert.deepEqual(notesOf([file('one', [cell('a', 1)]), other], SCENARIO),
    ['the files define small differently (requests: 500 / 7): compare with care']);
  assert.deepEqual(notesOf([other, other], SCENARIO), []);
});

test('a file is named after result, scenario and chart', () => {
  const [drawing] = chartsOf([sweep()], [SCENARIO]);
  assert.equal(stemOf(drawing, [SCENARIO]), 'one-throughput');
  const named = (changes, scenarios) => stemOf({ ...drawing, ...changes }, scenarios);
  assert.equal(named({ scenario: 'a/b c' }, [SCENARIO, 'a/b c']), 'one-a-b-c-throughput');
  assert.equal(named({ documents: [sweep(), sweep()] }, [SCENARIO]), 'overlay-throughput');
});

test('every chart is drawn, in both themes and any width, and as a picture', () => {
  for (const { chart, documents } of chartsOf([sweep()], [SCENARIO])) {
    for (const name of ['light', 'dark']) {
      for (const width of [360, 960]) {
        const look = themeOf(name, { width, still: false });
        assert.ok(chart.build(documents, SCENARIO, look).series.length > 0, chart.id);
        assert.ok(chart.plotHeight(documents, SCENARIO, look) > 50, chart.id);
      }
    }
    const svg = toSvg({ chart, documents, scenario: SCENARIO });
    assert.match(svg, /^<svg[^]*<\/svg>$/);
    assert.ok(svg.includes(chart.title) && svg.includes('small: 500 requests'), chart.id);
    assert.ok(!svg.includes('NaN') && !svg.includes('dominant-baseline'), chart.id);
  }
});

test('builders change nothing they are given', () => {
  const documents = [sweep()];
  const before = JSON.stringify(documents);
  for (const { chart } of chartsOf(documents, [SCENARIO])) chart.build(documents, SCENARIO, theme);
  assert.equal(JSON.stringify(documents), before);
});

test('a hidden series is not in the picture', () => {
  const [drawing] = chartsOf([sweep()], [SCENARIO]);
  const colour = '#d55e00';
  const lines = (svg) => svg.split('\n').filter((line) =>
    line.includes(`stroke="${colour}"`) && line.includes('stroke-width="2"')).length;
  assert.ok(lines(toSvg(drawing)) > lines(toSvg(drawing, ['event_loop'])));
});

test('names are text, in pictures and on hover', () => {
  const name = '<script>"&\'';
  const [{ chart }] = chartsOf([sweep()], [SCENARIO]);
  const svg = toSvg({ chart, scenario: SCENARIO,
    documents: [file('one', [cell(name, 1), cell(name, 2)])] });
  assert.ok(!svg.includes('<script>') && svg.includes('&lt;script&gt;'));
  assert.equal(tooltipText(name, ['<b>']),
    '<strong>&lt;script&gt;&quot;&amp;&#39;</strong><br>&lt;b&gt;');
});

test('numbers read as in the tables of fanout', () => {
  assert.deepEqual([999, 1500, 17.1e6, 210e6, 999.6e6, 2.03e9].map(format.duration),
    ['999 ns', '1.50 us', '17.1 ms', '210 ms', '1.00 s', '2.03 s']);
  assert.deepEqual([512, 12.94 * 2 ** 20, 2 ** 30].map(format.bytes),
    ['512 B', '12.9 MiB', '1.00 GiB']);
  assert.deepEqual([1, 20.3, 954.1, 1160.3, 1234567].map(format.number),
    ['1.00', '20.3', '954', '1,160', '1,234,567']);
  assert.equal(format.spread({ median: 100, ci_low: 95, ci_high: 105 }), '±5.0%');
  assert.equal(format.spread({ median: 100, ci_low: null, ci_high: null }), '-');
  assert.deepEqual([50e6, 1.5e9, 20e3].map(format.short(format.duration)),
    ['50 ms', '1.5 s', '20 us']);
  assert.deepEqual([100, 1000, 50.5].map(format.short(format.number)), ['100', '1,000', '50.5']);
});

test('ticks of a logarithmic axis are numbers people say', () => {
  assert.deepEqual(ladder(40, 1400), [50, 100, 200, 500, 1000]);
  assert.deepEqual(ladder(0.9, 99999), [1, 10, 100, 1000, 10000]);
  const documents = [file('one', [cell('a', 7)])];
  assert.deepEqual(build('concurrency', documents).xAxis.axisLabel.customValues, [7]);
});

test('text is broken between words', () => {
  assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
});
