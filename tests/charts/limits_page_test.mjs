// The report page: tables of limits and hedges, as wide as it is, and what to know of a result. Skipped
// where there is no Chromium.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { open, pageOf } from './browser.mjs';
import { fanout, folder, result, save } from './fanout.mjs';

test('what servers refused, and what hedges cost, is in the table of their scenario', async () => {
  const scenario = save('limited.json', { name: 'limited', requests: 60, workers: 8,
    hedge: { after: '40ms' }, strategies: ['event_loop', 'aimd'],
    server: { hosts: [{ delay: { kind: 'bimodal', fast: '1ms', slow: '200ms', slow_share: 0.1 },
      limit: { concurrency: 4 } }] } });
  const file = join(folder, 'limited-result.json');
  fanout('run', '--scenario', scenario, '--rounds', '1', '--quiet', '-o', file);
  const { page, close } = await open(pageOf('limited', file));
  const titles = await page.locator('table th').allTextContents();
  for (const title of ['refused', 'settles', 'overshoot', 'hedged', 'won']) {
    assert.ok(titles.some((text) => text.startsWith(title)), `${title} of ${titles}`);
  }
  await close();
});

test('the table of cells is whole at 1280 pixels', async () => {
  const file = result('wide', { strategies: 8, workers: [4, 8, 64] });
  const { page, close } = await open(pageOf('wide', file), { viewport: { width: 1280, height: 800 } });
  const [inner, outer] = await page.$eval('[aria-label^="Cells of"]',
    ({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
  assert.ok(inner <= outer, `${inner} of ${outer}`);
  await close();
});

test('a result that was resumed says when, before it is believed', async () => {
  const resumed = [{ at: '2026-01-02T04:05:06Z', rounds: 4, runs: 9 }];
  const file = result('resumed', { strategies: 2, workers: [4] },
    (document) => ({ ...document, resumed }));
  const { page, close } = await open(pageOf('resumed', file));
  assert.match(await page.textContent('#verdict .caveats'),
    /resumed 2026-01-02T04:05:06Z after 4 of 10 rounds \(9 runs\)/);
  await close();
});
