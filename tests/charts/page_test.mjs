// The report page in a real browser: opened from a file, clicked, measured. Skipped (exit code 77)
// where there is no Chromium.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { browser, open, pageOf } from './browser.mjs';
import { folder, load, result, ROOT, save } from './fanout.mjs';
import { makeResult } from './make_result.mjs';

const rows = (page) => page.$$eval('section[id^=scenario] table', ([table]) =>
  [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)));

const columnOf = (page, title) => page.$$eval('section[id^=scenario] table', ([table], wanted) =>
  [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === wanted), title);

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
};

const sweep = result('sweep', { strategies: 4, workers: [4, 8, 16, 32] });
const html = pageOf('sweep', sweep);

test('it says what was measured: numbers on the page are those of the runs', async () => {
  const { page, close } = await open(html);
  const { cells } = load(sweep);
  const cell = cells.find(({ strategy, workers }) => strategy === 'thread_queue' && workers === 32);
  const at = await Promise.all(['makespan', 'req/s', 'effic.', 'CPU us/req', 'memory']
    .map((title) => columnOf(page, title)));
  const row = (await rows(page)).find(([strategy, , workers]) =>
    strategy === 'thread_queue' && workers === '32');
  const of = (value) => median(cell.runs.map(value));
  assert.deepEqual(at.map((index) => row[index]), [
    `${Math.round(of((run) => run.makespan_ns) / 1e6)} ms`,
    Math.round(of((run) => 2000e9 / run.makespan_ns)).toLocaleString('en'),
    of((run) => run.efficiency).toFixed(3),
    of((run) => run.cpu_ns / 2000 / 1000).toFixed(1),
    `${(of((run) => run.peak_memory_bytes) / 2 ** 20).toFixed(1)} MiB`,
  ]);
  await close();
});

test('it shows what did not succeed, and what an article published', async () => {
  const one = (name, strategy, workers, makespan) => ({ name, strategy, workers, makespan });
  const published = [one('one by one', 'sequential', 4, '2s'), one('unmeasured', 'sequential', 5),
    one('in words', 'session_reuse', 4)];
  const { page, close } = await open(pageOf('faulty',
    result('faulty', { strategies: 2, workers: [4], reset: 7, published })));
  const table = (label) => page.$eval(`[aria-label="${label} synthetic"] tbody`, (body) =>
    [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual((await table('Failures of'))[0].slice(3), ['reset', 'requests', '7 to 16']);
  const figures = await table('Published figures of');
  assert.deepEqual(figures.map(([a, b]) => a + b), ['one by one2.00 s', 'in words-']);
  assert.match(figures.map((row) => row.at(-1)).join(), /^2\.\d\d,-$/);
  await close();
});

test('it begins with the verdict, and says how to run it again', async () => {
  const { page, close } = await open(html);
  const document = load(sweep);
  const [{ answer, lines }] = document.recommendations;
  assert.deepEqual(await page.$$eval('#verdict .verdict p', (all) => all.map((p) => p.textContent)),
    [...answer, ...lines]);
  assert.equal(await page.textContent('#command code'), document.command);
  const order = await page.$$eval('main > section', (all) => all.map(({ id }) => id));
  assert.deepEqual(order, ['verdict', 'command', 'scenario-synthetic', 'environment']);
  assert.equal(await page.title(), 'fanout report: sweep');
  await close();
});

test('every sweep is a row of words, every chart a figure', async () => {
  const { page, close } = await open(html);
  const words = load(sweep).sweeps.map((each) => each.words);
  const shown = await page.$$eval('td.wrapped', (all) => all.map((td) => td.textContent));
  assert.deepEqual(shown, words);
  assert.deepEqual(await page.$$eval('figure', (all) => all.map((each) => each.dataset.chart)),
    ['throughput', 'makespan', 'pareto', 'latency', 'cpu', 'memory', 'efficiency', 'concurrency']);
  assert.ok((await page.$$eval('figure .plot svg', (all) => all.length)) === 8);
  await close();
});

test('a click on a title sorts, and says so', async () => {
  const { page, close } = await open(html);
  const column = await columnOf(page, 'req/s');
  const table = page.locator('section[id^=scenario] table').first();
  const header = table.locator('thead th').nth(column);
  const values = async () => (await rows(page)).map((row) => Number(row[column].replace(',', '')));
  const before = await values();
  await header.locator('button').click();
  assert.equal(await header.getAttribute('aria-sort'), 'ascending');
  assert.deepEqual(await values(), [...before].sort((a, b) => a - b));
  await page.keyboard.press('Enter');
  assert.equal(await header.getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await values(), [...before].sort((a, b) => b - a));
  await close();
});

test('a legend entry hides its line and shows it again, by mouse and keyboard', async () => {
  const { page, close } = await open(html);
  const figure = page.locator('[data-chart=throughput]');
  const shapes = () => figure.locator('.plot path').count();
  const button = figure.locator('.legend button').first();
  const before = await shapes();
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  await page.waitForFunction((count) =>
    document.querySelectorAll('[data-chart=throughput] .plot path').length < count, before);
  await page.keyboard.press('Space');
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  await page.waitForFunction((count) =>
    document.querySelectorAll('[data-chart=throughput] .plot path').length === count, before);
  await close();
});

test('hovering says values with units and intervals', async () => {
  const { page, close } = await open(html);
  await page.hover('[data-chart=makespan] .plot', { position: { x: 500, y: 30 } });
  const tip = page.locator('[data-chart=makespan] .plot > div').last();
  await tip.filter({ hasText: 'lower bound' }).waitFor();
  assert.match(await tip.textContent(),
    /sequential, 32 workers.* ms \(95 %: .* ms to .* ms\); lower bound 625 ms, efficiency 0\.9/);
  await page.hover('[data-chart=throughput] .plot', { position: { x: 900, y: 100 } });
  const axis = page.locator('[data-chart=throughput] .plot > div').last();
  await axis.filter({ hasText: 'workers' }).waitFor();
  assert.match(await axis.textContent(), /session_reuse: [\d,]+ req\/s \(95 %: /);
  await close();
});

test('the theme follows the system until it is switched, charts included', async () => {
  const { page, close } = await open(html, { colorScheme: 'dark' });
  const look = () => page.evaluate(() => ({
    theme: document.documentElement.dataset.theme,
    paper: getComputedStyle(document.body).backgroundColor,
    label: document.querySelector('[data-chart=makespan] .plot text').getAttribute('fill'),
  }));
  const dark = await look();
  assert.equal(dark.theme, 'dark');
  await page.click('#theme');
  const light = await look();
  assert.equal(light.theme, 'light');
  assert.notEqual(light.paper, dark.paper);
  assert.notEqual(light.label, dark.label);
  await close();
});

const saved = async (page, name) => {
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.locator('[data-chart=throughput]').getByText(name).click()]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
};

test('a chart is saved as a whole SVG, without what is hidden, and as PNG', async () => {
  const { page, close } = await open(html);
  const all = await saved(page, 'Save SVG');
  assert.equal(all.name, 'sweep-throughput.svg');
  assert.equal(await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml')
    .querySelector('parsererror')?.textContent, all.content.toString()), undefined);
  assert.match(all.content.toString(), /^<svg[^]*Throughput against workers[^]*<\/svg>$/);
  await page.locator('[data-chart=throughput] .legend button').first().click();
  assert.ok((await saved(page, 'Save SVG')).content.length < all.content.length);
  const png = await saved(page, 'Save PNG');
  assert.equal(png.name, 'sweep-throughput.png');
  assert.equal(png.content.toString('latin1', 1, 4), 'PNG');
  assert.equal(png.content.readUInt32BE(16), 2 * 960);
  await close();
});

test('the keyboard reaches it all: first the skip link, then every button', async () => {
  const { page, close } = await open(html);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  const unreachable = await page.$$eval('button', (all) => all.filter((button) =>
    button.tabIndex < 0 || !button.textContent.trim()).length);
  assert.equal(unreachable, 0);
  await close();
});

test('at 400 pixels only tables scroll, and a resized window draws charts anew', async () => {
  const { page, close } = await open(html, { viewport: { width: 400, height: 800 } });
  const widths = () => page.evaluate(() => [document.documentElement.scrollWidth,
    Math.max(...[...document.querySelectorAll('.plot svg')].map((svg) =>
      svg.getBoundingClientRect().right))]);
  assert.ok((await widths()).every((width) => width <= 400), String(await widths()));
  await page.setViewportSize({ width: 900, height: 800 });
  await page.waitForFunction(() =>
    document.querySelector('.plot svg').getBoundingClientRect().width > 700);
  await close();
});

test('on paper it is light and without buttons', async () => {
  const { page, close } = await open(html, { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
  assert.equal(await page.locator('.save').first().isVisible(), false);
  assert.equal(await page.locator('#theme').isVisible(), false);
  await page.emulateMedia({ media: 'screen' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await close();
});

test('several results: overlaid charts, one table with the file of each row', async () => {
  const other = result('other', { strategies: 4, workers: [4, 8, 16, 32], seed: 2 });
  const { page, close } = await open(pageOf('both', sweep, other));
  assert.equal((await rows(page)).length, 32);
  assert.equal(await columnOf(page, 'file'), 1);
  const names = await page.$$eval('[data-chart=throughput] .legend button', (all) =>
    all.map((button) => button.textContent));
  assert.ok(names.includes('sequential · sweep') && names.includes('sequential · other'));
  await close();
});

test('invalid runs and flags are shown', async () => {
  const file = result('partly', { strategies: 2, workers: [8, 64], rounds: 3, invalid: 1 });
  const { page, close } = await open(pageOf('partly', file));
  const text = await page.textContent('main');
  assert.ok(text.includes('session_reuse / curl_easy / 64 workers: 1 request was never issued '
    + '(3 of 3 runs)'));
  assert.match(text, /no valid run, so not drawn: session_reuse with 64 workers/);
  assert.match(text, /no interval: fewer than 6 rounds/);
  assert.match(text, /64 workers: server_bound \(3 of 3 runs\)/);
  assert.equal((await rows(page)).at(-1).at(-1), '0/3');
  await close();
});

// As Jenkins and GitLab set it for what a job leaves.
test('where no script may run it still shows heading, verdict, table and what is invalid',
  async () => {
    const file = result('strict', { strategies: 3, workers: [8], invalid: 1 });
    const body = readFileSync(pageOf('strict', file));
    const page = await browser.newPage();
    const headers = { 'Content-Type': 'text/html',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
    await page.route('**/*', (route) => route.fulfill({ status: 200, headers, body }));
    await page.goto('http://strict.example/page.html');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.rendered), undefined);
    assert.equal(await page.textContent('h1'), 'strict');
    const { answer } = load(file).recommendations[0];
    assert.equal(await page.textContent('.verdict p'), answer[0]);
    const shown = await page.$$eval('tbody tr', (all) => all.map((tr) => tr.cells[0].textContent));
    assert.deepEqual(shown, load(file).cells.map(({ strategy }) => strategy));
    assert.match(await page.textContent('main'), /INVALID .*1 request was never issued/);
    assert.ok(await page.$eval('table', (table) => table.getBoundingClientRect().width > 300));
    await page.close();
  });

test('a result without a valid run makes a page that says why', async () => {
  const file = save('never.json', makeResult({ strategies: 2, workers: [8], invalid: 2 }));
  const { page, close } = await open(pageOf('never', file));
  const text = await page.textContent('main');
  assert.match(text, /No run is valid, so there is nothing to compare/);
  assert.match(text, /1 request was never issued/);
  await close();
});

test('names from a file are text, never markup', async () => {
  const name = '<img src=x onerror=alert(1)></script>';
  const file = result('names', { strategies: 1, workers: [1, 2], rounds: 6 }, (document) => {
    for (const cell of [...document.cells, ...document.plan.cells]) cell.strategy = name;
    return { ...document, command: `fanout ${name}` };
  });
  const { page, close } = await open(pageOf('names', file));
  page.on('dialog', () => assert.fail('a name was run'));
  await page.hover('[data-chart=makespan] .plot', { position: { x: 500, y: 30 } });
  await page.locator('.plot > div', { hasText: 'lower bound' }).waitFor();
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.textContent('#command code'), `fanout ${name}`);
  await close();
});

test('the empty page has one place for documents, is small, and says it has no data', async () => {
  const empty = join(folder, 'empty.html');
  execFileSync(process.execPath, [join(ROOT, 'charts', 'build.mjs'), empty]);
  assert.equal(readFileSync(empty, 'utf8').split('/*FANOUT_DOCUMENTS*/').length, 2);
  assert.ok(statSync(empty).size < 1.5e6, `${statSync(empty).size} bytes`);
  const { page, close } = await open(empty);
  assert.equal(await page.textContent('h1'), 'No data');
  await close();
});

test('189 cells of 10 rounds take less than 5 MB, and grow the time to draw no faster than cells',
  async () => {
    const drawn = async (name, workers) => {
      const file = pageOf(name, result(name, { strategies: 27, workers }));
      const { page, close } = await open(file);
      assert.equal((await rows(page)).length, 27 * workers.length);
      const took = await page.evaluate(() => Number(document.documentElement.dataset.rendered));
      await close();
      return { took, size: statSync(file).size };
    };
    const small = await drawn('small', [1]);
    const big = await drawn('big', [1, 2, 4, 8, 16, 32, 64]);
    console.log(`rendered in ${small.took} and ${big.took} ms, ${big.size} bytes`);
    assert.ok(big.size < 5e6, `${big.size} bytes`);
    assert.ok(big.took < 3 * 7 * small.took, `${small.took} and ${big.took} ms`);
  });
