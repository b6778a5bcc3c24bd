// A real browser for the tests of the page. Skips the test (exit code 77) where there is none.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after } from 'node:test';

import { fanout, folder, ROOT } from './fanout.mjs';

const CHROMIUM = '/usr/bin/chromium';
const playwright = join(ROOT, 'charts', 'node_modules', 'playwright-core');
if (!existsSync(CHROMIUM) || !existsSync(playwright)) {
  console.log('skipped: needs chromium and charts/node_modules; run scripts/bootstrap');
  process.exit(77);
}

const { chromium } = createRequire(join(ROOT, 'charts', 'package.json'))('playwright-core');
export const browser = await chromium.launch({ executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu'] });
after(() => browser.close());

// The page of these result files.
export const pageOf = (name, ...results) => {
  const html = join(folder, `${name}.html`);
  fanout('report', ...results, '--html', html);
  return html;
};

// A page that fails the test on any message, error or request but for the file itself.
export const open = async (html, options = {}) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const trouble = [];
  page.on('console', (message) => trouble.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== `file://${html}` && !request.url().startsWith('blob:')) {
      trouble.push(`request: ${request.url()}`);
    }
  });
  await page.goto(`file://${html}`);
  await page.waitForFunction(() => document.documentElement.dataset.rendered);
  return { page, close: async () => { assert.deepEqual(trouble, []); await page.close(); } };
};
