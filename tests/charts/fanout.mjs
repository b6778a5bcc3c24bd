// What the chart tests share: the tool, a folder, and documents it has computed the summaries of.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { makeResult } from './make_result.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

if (!process.env.FANOUT) {
  console.error('usage: FANOUT=path/to/fanout node tests/charts/X_test.mjs');
  process.exit(2);
}
const FANOUT = resolve(process.env.FANOUT);

export const folder = mkdtempSync(join(tmpdir(), 'fanout-charts-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const fanout = (...args) => execFileSync(FANOUT, args, { maxBuffer: 1 << 28 });

export const save = (name, content) => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

// A synthetic result as `fanout report` prints it. `change` may edit what was measured.
export const result = (name, parameters, change = (document) => document) => {
  const raw = save(`${name}.raw`, change(makeResult(parameters)));
  return save(`${name}.json`, fanout('report', raw, '--format', 'json').toString());
};

export const load = (file) => JSON.parse(readFileSync(file, 'utf8'));

export const has = (program) => !spawnSync(program, ['--version']).error;
