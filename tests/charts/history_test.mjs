// The page of results over time in a real browser. Skipped (exit code 77) where there is no
// Chromium.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { browser, open } from './browser.mjs';
import { fanout, folder, save } from './fanout.mjs';
import { makeResult } from './make_result.mjs';

const FACTORS = [1, 1.01, 0.99, 1.005, 1.2, 1];

// A result of this day, whose first cell costs so many times as much.
const resultOf = (factor, index, change = (document) => document) => {
  const document = makeResult({ strategies: 2, workers: [4], rounds: 6 });
  for (const run of document.cells[0].runs) run.cpu_ns = Math.round(run.cpu_ns * factor);
  document.started_at = `2026-01-0${index + 1}T03:04:05Z`;
  return save(`day${index + 1}.json`, change(document));
};

const pageOf = (name, ...files) => {
  const html = join(folder, `${name}.html`);
  fanout('compare', ...files, '--measure', 'cpu', '--html', html);
  return html;
};

const files = FACTORS.map((factor, index) => resultOf(factor, index));
const html = pageOf('history', ...files);
const first = '[data-chart="cpu-sequential-curl_easy-4"]';

const texts = (page, selector) =>
  page.$$eval(selector, (all) => all.map(({ textContent }) => textContent));

test('each cell has words, a chart and a table; what left its band is marked', async () => {
  const { page, close } = await open(html);
  assert.equal(await page.title(), 'fanout compare: History of 6 results');
  assert.deepEqual(await page.$$eval('section.history', (all) => all.map((section) =>
    [...section.children].map(({ tagName }) => tagName).join())), Array(2).fill('H2,P,FIGURE,DIV'));
  const [out, stayed] = await texts(page, 'section.history > p');
  assert.match(out, /^first to leave: .*day5\.json \(2026-01-05.*per request: 1\.\d\dx dearer$/);
  assert.equal(stayed, 'no result left its band');
  const entries = (await page.$$eval('section.history', (all) => all.map((section) =>
    [...section.querySelectorAll('.legend button')].map(({ textContent }) => textContent))));
  assert.deepEqual(entries, [['value', 'noise band', 'outside its band'], ['value', 'noise band']]);
  const labels = await texts(page, `${first} .plot text`);
  assert.ok(labels.some((text) => /^first out: 1\.\d\dx dearer$/.test(text)), labels.join());
  assert.ok(labels.some((text) => text.startsWith('2026-01-05')), labels.join());
  const box = await page.locator(`${first} .plot svg`).boundingBox();
  assert.ok(box.width > 600 && box.height > 250, JSON.stringify(box));
  await close();
});

test('hovering says value, band and where the result lies, names as text', async () => {
  const { page, close } = await open(html);
  const { width } = await page.locator(`${first} .plot`).boundingBox();
  await page.hover(`${first} .plot`, { position: { x: 0.79 * width, y: 150 } });
  const tip = page.locator(`${first} .plot > div`).last();
  await tip.filter({ hasText: 'day5.json' }).waitFor();
  assert.match(await tip.textContent(),
    /2026-01-05T03:04:05Z: .*day5\.json, commit unknown.* us; band .* us to .* us; out: 1\.\d\dx/);
  await close();
});

test('a chart is saved with its words', async () => {
  const { page, close } = await open(html);
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.locator(first).getByText('Save SVG').click()]);
  assert.equal(download.suggestedFilename(), 'history-cpu-sequential-curl_easy-4.svg');
  const svg = readFileSync(await download.path(), 'utf8');
  for (const words of ['CPU per request over 6 results', 'sequential / curl_easy / 4 workers',
    'first to leave']) {
    assert.ok(svg.includes(words), words);
  }
  await close();
});

test('three results have no band yet, one may have no figure, a name is no markup', async () => {
  const name = '<img src=x onerror=alert(1)></script>';
  const odd = [0, 1, 2].map((index) => resultOf(1, index + 6, (document) => {
    const [cell, planned] = [document.cells[0], document.plan.cells[0]];
    for (const each of [cell, planned]) each.strategy = name;
    for (const run of index === 1 ? cell.runs : []) {
      Object.assign(run, { valid: false, reasons: ['broken'] });
    }
    return document;
  }));
  const { page, close } = await open(pageOf('odd', ...odd));
  page.on('dialog', () => assert.fail('a name was run'));
  assert.equal(await page.locator('img').count(), 0);
  const [words] = await texts(page, 'section.history > p');
  assert.equal(words, 'nothing judged: a result needs at least 3 before it');
  assert.deepEqual(await texts(page, 'section.history:nth-of-type(1) td:last-child'),
    ['too few before', 'no valid run in this one', 'too few before']);
  assert.equal(await page.locator('section.history .plot svg').count(), 2);
  await close();
});

// As Jenkins and GitLab set it for what a job leaves.
test('where no script may run it still shows heading, words and tables', async () => {
  const page = await browser.newPage();
  const headers = { 'Content-Type': 'text/html',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
  await page.route('**/*', (route) =>
    route.fulfill({ status: 200, headers, body: readFileSync(html) }));
  await page.goto('http://strict.example/page.html');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.rendered), undefined);
  assert.equal(await page.textContent('h1'), 'History of 6 results');
  assert.match(await page.textContent('.verdict'), /first to leave: .*day5\.json/);
  assert.equal((await texts(page, 'section.history:nth-of-type(1) tbody tr')).length, 6);
  assert.equal(await page.locator('figure').count(), 0);
  await page.close();
});
