// scripts/charts end to end: the files it writes, and every way to use it wrongly.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync }
  from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { folder, has, load, result, ROOT, save } from './fanout.mjs';

const COMMAND = join(ROOT, 'scripts', 'charts');
const TIME_LIMIT_MS = 10000;  // for all charts of 16 cells as SVG and PNG

const run = (args, { command = COMMAND, env = process.env } = {}) =>
  spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });

const files = (name) => readdirSync(join(folder, name)).sort();

// One clear line, exit code 2, and nothing in the folder for output.
const refused = (args, words, options) => {
  const done = run([...args, '-o', 'refused'], options);
  assert.equal(done.status, 2, done.stderr);
  assert.match(done.stderr, /^charts: [^\n]+\n$/);
  assert.match(done.stderr, words);
  assert.equal(done.stdout, '');
  assert.ok(!existsSync(join(folder, 'refused')), 'something was written');
};

// A folder of programs, for a PATH on which the others are missing.
const only = (...programs) => {
  const path = join(folder, `bin-${programs.join('-')}`);
  mkdirSync(path);
  for (const program of ['bash', 'env', 'dirname', 'readlink', ...programs]) {
    const where = spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(where, join(path, program));
  }
  return { env: { ...process.env, PATH: path } };
};

const good = result('good', { strategies: 4, workers: [1, 5, 10, 20] });
const CHARTS = ['throughput', 'makespan', 'pareto', 'latency', 'cpu', 'memory', 'efficiency',
  'concurrency'];

test('every chart of a sweep, as SVG by default; the paths are printed', () => {
  const done = run([good, '-o', 'made/of/folders']);
  assert.equal(done.status, 0, done.stderr);
  assert.equal(done.stderr, '');
  assert.deepEqual(done.stdout.trim().split('\n'),
    CHARTS.map((id) => `made/of/folders/good-${id}.svg`));
  for (const name of files('made/of/folders')) {
    const svg = readFileSync(join(folder, 'made/of/folders', name), 'utf8');
    assert.match(svg, /^<svg[^]*<\/svg>$/);
    assert.ok(!svg.includes('NaN') && !svg.includes('undefined'), name);
  }
});

test('SVG and PNG of 16 cells, twice as large, in well under ten seconds',
  { skip: !has('rsvg-convert') }, () => {
    const start = Date.now();
    const done = run([good, '-o', 'both', '--format', 'svg,png']);
    const took = Date.now() - start;
    assert.equal(done.status, 0, done.stderr);
    assert.ok(took < TIME_LIMIT_MS, `took ${took} ms`);
    assert.equal(files('both').length, 2 * CHARTS.length);
    const png = readFileSync(join(folder, 'both', 'good-makespan.png'));
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.equal(png.readUInt32BE(16), 2 * 960);
  });

test('several files are overlaid', () => {
  const done = run([good, result('after', { strategies: 4, seed: 2 }), '-o', 'overlay']);
  assert.equal(done.status, 0, done.stderr);
  assert.deepEqual(files('overlay'), CHARTS.map((id) => `overlay-${id}.svg`).sort());
  const svg = readFileSync(join(folder, 'overlay', 'overlay-throughput.svg'), 'utf8');
  assert.ok(svg.includes('thread_queue · good') && svg.includes('thread_queue · after'));
});

test('several scenarios are told apart by the file name', () => {
  const file = result('two', { strategies: 1, workers: [2], rounds: 6, scenarios: ['a', 'b'] });
  assert.equal(run([file, '-o', 'two']).status, 0);
  assert.ok(files('two').includes('two-a-makespan.svg') && files('two').includes('two-b-cpu.svg'));
});

test('an older picture is replaced, and nothing is left beside it', () => {
  run([good, '-o', 'again']);
  writeFileSync(join(folder, 'again', 'good-cpu.svg'), 'old');
  assert.equal(run([good, '-o', 'again']).status, 0);
  assert.match(readFileSync(join(folder, 'again', 'good-cpu.svg'), 'utf8'), /^<svg/);
  assert.equal(files('again').length, CHARTS.length);
});

test('a picture that cannot be replaced fails, and nothing is left beside it', () => {
  mkdirSync(join(folder, 'blocked', 'good-cpu.svg'), { recursive: true });
  const done = run([good, '-o', 'blocked']);
  assert.equal(done.status, 1);
  assert.match(done.stderr, /^charts: blocked\/good-cpu\.svg: [^\n]+\n$/);
  assert.deepEqual(readdirSync(join(folder, 'blocked')).filter((name) => name.startsWith('.')), []);
});

test('help says how', () => {
  const done = run(['--help']);
  assert.equal(done.status, 0);
  assert.match(done.stdout, /^usage: scripts\/charts RESULT\.json\.\.\. -o DIR/);
});

test('wrong arguments', () => {
  refused([], /no result file; see .*--help/);
  refused([good, '--colour'], /--colour.*--help/);
  refused([good, '--format', 'svg,gif'], /'gif' is not a format; use svg, png/);
  refused([good, '--format', ''], /is not a format/);
  const done = run([good]);
  assert.equal(done.status, 2);
  assert.match(done.stderr, /^charts: no folder: say -o DIR[^\n]+\n$/);
});

test('wrong files, each with what to do', () => {
  const text = readFileSync(good, 'utf8');
  const document = load(good);
  const cases = [
    ['missing.json', undefined, /missing\.json: no such file; /],
    ['empty.json', '', /empty\.json: is empty; /],
    ['cut.json', text.slice(0, text.length / 2), /cut\.json: is not JSON, or cut short; /],
    ['words.json', 'makespan 12 ms', /is not JSON/],
    ['list.json', '[]', /is not a result of fanout; /],
    ['other.json', '{"context": {}, "benchmarks": []}', /is not a result of fanout; /],
    ['newer.json', { ...document, schema_version: 2 }, /has schema version 2, not 1; /],
    ['older.json', { ...document, sweeps: undefined }, /has no "sweeps"; .*fanout report/],
    ['broken.json', { ...document, cells: [{}] }, /is not a complete result document; /],
  ];
  for (const [name, content, words] of cases) {
    const file = content === undefined ? join(folder, name) : save(name, content);
    refused([file], words);
    refused([good, file], words);
  }
  refused([folder], /is a folder; /);
});

test('a result without a valid run', () => {
  const document = load(good);
  for (const { summary, runs } of document.cells) {
    summary.valid_runs = 0;
    for (const run of runs) run.valid = false;
  }
  refused([save('invalid.json', document)], /has no valid run, so there is nothing to draw; /);
});

test('a folder that cannot be written', () => {
  save('a-file', '');
  for (const [where, words] of [['a-file', /a-file: is not a folder; name another/],
    ['a-file/below', /is not a folder/], ['/proc/nowhere', /cannot be written; name another/]]) {
    const done = run([good, '-o', where]);
    assert.equal(done.status, 2);
    assert.match(done.stderr, /^charts: [^\n]+\n$/);
    assert.match(done.stderr, words);
  }
});

test('missing programs and packages, each with what to do', () => {
  refused([good], /node: not found; run scripts\/bootstrap/, only());
  refused([good, '--format', 'png'], /rsvg-convert: not found.*librsvg2-bin/, only('node'));
  const bare = join(folder, 'bare');
  cpSync(join(ROOT, 'charts', 'src'), join(bare, 'charts', 'src'), { recursive: true });
  cpSync(join(ROOT, 'charts', 'cli.mjs'), join(bare, 'charts', 'cli.mjs'));
  cpSync(COMMAND, join(bare, 'scripts', 'charts'));
  refused([good], /charts\/node_modules: .*run scripts\/bootstrap/,
    { command: join(bare, 'scripts', 'charts') });
});
