// Bundles the report page into one HTML file: node charts/build.mjs OUTPUT.html
//
// Script and style are inlined; fanout puts the documents in place of the marker in
// src/page/index.html. Needs charts/node_modules and no network.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => readFileSync(here(path), 'utf8');

// The licences ask to travel with what is made of the code.
const licences = () => {
  const texts = ['echarts/NOTICE', 'echarts/LICENSE', 'echarts/licenses/LICENSE-d3',
    'zrender/LICENSE', 'tslib/LICENSE.txt']
    .map((path) => read(`node_modules/${path}`).replaceAll('*/', '* /').trim());
  return `/*! This page contains Apache ECharts, ZRender and tslib.\n\n${texts.join('\n\n')}\n*/`;
};

const bundled = async (entry) => {
  const result = await build({
    entryPoints: [here(entry)], bundle: true, minify: true, write: false, format: 'iife',
    target: 'es2020', legalComments: 'none', define: { 'process.env.NODE_ENV': '"production"' },
  });
  return result.outputFiles[0].text.trim();
};

const page = async () => {
  const script = `${await bundled('src/page/main.mjs')}\n${licences()}`;
  const style = await bundled('src/page/page.css');
  // Functions, because in a replacement text "$&" has a meaning.
  return read('src/page/index.html')
    .replace('/*STYLE*/', () => style)
    .replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'));
};

const [output] = process.argv.slice(2);
if (!output) {
  console.error('usage: node charts/build.mjs OUTPUT.html');
  process.exit(2);
}
writeFileSync(`${output}.part`, await page());
renameSync(`${output}.part`, output);
