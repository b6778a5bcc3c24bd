// What the page says of external programs. Skipped (exit code 77) where there is no Chromium.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open, pageOf } from './browser.mjs';
import { result } from './fanout.mjs';

// The second strategy becomes a program that imitates the first, and takes four times its CPU.
const withProgram = (document) => {
  const [own, program] = document.cells;
  Object.assign(document.plan.cells[1], { strategy: 'py_one', transport: 'own', stack: 'own' });
  Object.assign(program, { strategy: 'py_one', transport: 'own', stack: 'own' });
  document.plan.programs = [{ name: 'py_one', command: ['py'], imitates: own.strategy }];
  program.runs.forEach((run, index) => {
    run.program = 'Python 3.11.2';
    run.cpu_ns = 4 * own.runs[index].cpu_ns;
  });
  return document;
};

test('it sets programs beside the strategies they imitate, and does not rank them', async () => {
  const published = [{ name: 'one by one', strategy: 'sequential', peer: 'py_sequential',
    workers: 4, makespan: '2s' }];
  const { page, close } = await open(pageOf('programs',
    result('programs', { strategies: 2, workers: [4], published }, withProgram)));
  const table = (label) => page.$eval(`[aria-label="${label} synthetic"] tbody`, (body) =>
    [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(await table('Programs beside'),
    [['py_one', 'sequential', 'curl_easy', '4', '4.0x [4.0x, 4.0x]']]);
  const [figure] = await table('Published figures of');
  assert.deepEqual(figure.slice(2, 5), ['py_sequential', '-', 'sequential']);
  const text = await page.textContent('main');
  assert.match(text, /own: an external program .* not ranked/);
  assert.match(text, /py_one: Python 3\.11\.2/);
  assert.doesNotMatch(text, /own \*/);
  assert.doesNotMatch(await page.textContent('#verdict'), /py_one/);
  await close();
});
