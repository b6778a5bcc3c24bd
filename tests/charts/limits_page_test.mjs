// The report page of a measurement with limits and hedges. Skipped where there is no Chromium.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { open, pageOf } from './browser.mjs';
import { fanout, folder, save } from './fanout.mjs';

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
