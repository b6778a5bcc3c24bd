// The page of a result that compares versions of HTTP, in a real browser. Skipped (exit code 77)
// where there is no Chromium.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open, pageOf } from './browser.mjs';
import { load, result } from './fanout.mjs';

// The first cell once more, over one connection of HTTP/2, for half of the CPU time.
const withHttp2 = (document) => {
  const [planned, cell] = [document.plan.cells, document.cells]
    .map(([one]) => structuredClone(one));
  for (const one of [planned, cell]) Object.assign(one, { http: '2', connections: 1 });
  for (const run of cell.runs) {
    run.cpu_ns = Math.round(run.cpu_ns / 2);
    Object.assign(run.server, { connections: 1, http2: { connections: 1, streams: 2000,
      peak_streams: 8, goaways: 0, resets_sent: 0, resets_received: 0, stalls: 0,
      header_bytes_in: 2000 * 20, header_bytes_out: 2000 * 9 } });
  }
  document.plan.cells.push(planned);
  document.cells.push(cell);
  document.plan.skipped.push({ ...planned, connections: 3, reason: 'it cannot' });
  return document;
};

const file = result('versions', { strategies: 1, workers: [8] }, withHttp2);
const html = pageOf('versions', file);

const table = (page, label) => page.$eval(`[aria-label="${label}"] tbody`, (body) =>
  [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent)));

test('every table tells rows of several versions apart', async () => {
  const { page, close } = await open(html);
  assert.deepEqual((await table(page, 'Cells of synthetic')).map(([, transport]) => transport),
    ['curl_easy', 'curl_easy h2 x 1 *']);
  const text = await page.textContent('main');
  assert.ok(text.includes('* another HTTP stack, version of HTTP or number of connections'));
  assert.ok(text.includes('sequential / curl_easy h2 x 3 / 8 workers, synthetic: it cannot'));
  await close();
});

test('versions are compared in a table, with verdicts, and in a chart', async () => {
  const { page, close } = await open(html);
  const rows = await table(page,
    'Versions of HTTP in synthetic, sequential with 8 requests in flight, curl_easy');
  assert.deepEqual(rows.map((row) => row.slice(0, 7)), [
    ['HTTP/1.1 over 8 connections', 'curl_easy', '8', '1', '0', '-', '-'],
    ['HTTP/2 over 1 connection', 'curl_easy', '1', '8', '0', '20.0', '9.00']]);
  for (const row of rows) assert.match(row.at(-1), /^[\d.]+ \(95 %: [\d.]+ to [\d.]+\)$/);
  const [{ verdicts }] = load(file).protocols;
  const text = await page.textContent('main');
  const ranked = verdicts.filter((each) => each.ranked);
  assert.ok(ranked.some(({ measure }) => measure === 'cpu'));
  for (const { words } of ranked) for (const line of words) assert.ok(text.includes(line), line);
  assert.equal(await page.locator('[data-chart=protocols] .plot svg').count(), 1);
  await close();
});

test('at 400 pixels only its tables scroll', async () => {
  const { page, close } = await open(html, { viewport: { width: 400, height: 800 } });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 400);
  await close();
});
