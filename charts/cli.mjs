// scripts/charts: draws every chart of one or more result documents as files.
//
// Everything is read, checked and drawn before the first file is written; files are written beside
// and renamed, so that whatever happens an existing chart stays whole.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync,
  writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { problemOf } from './src/check.mjs';
import { measureText } from './src/parts/measure.mjs';
import { scenarioNames, withDistinctNames } from './src/parts/rows.mjs';
import { chartsOf } from './src/registry.mjs';

const USAGE = `usage: scripts/charts RESULT.json... -o DIR [--format svg,png]

Draws the charts of a result document into DIR; those of several documents are overlaid.
  -o, --output DIR     folder for the files, made if it is missing
  --format LIST        svg, png or both (default: svg)
  -h, --help           print this`;

const FORMATS = ['svg', 'png'];
const PNG_ZOOM = '2';

// Wrong use or wrong input: one line, exit code 2.
class Refusal extends Error {}

const options = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' }, format: { type: 'string', default: 'svg' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Refusal(`${error.message.split('\n')[0]}; see scripts/charts --help`);
  }
};

const formatsOf = (text) => {
  const formats = [...new Set(text.split(','))];
  const unknown = formats.find((format) => !FORMATS.includes(format));
  if (unknown !== undefined) {
    throw new Refusal(`--format ${text}: '${unknown}' is not a format; use svg, png or svg,png`);
  }
  if (formats.includes('png') && spawnSync('rsvg-convert', ['--version']).error) {
    throw new Refusal('rsvg-convert: not found, and --format png needs it; '
      + 'install the package librsvg2-bin');
  }
  return formats;
};

const WHY = { ENOENT: 'no such file', EISDIR: 'is a folder', EACCES: 'may not be read' };

const textOf = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refusal(`${file}: ${WHY[error.code] ?? error.message}; name a result file of fanout`);
  }
};

const documentOf = (file) => {
  const text = textOf(file);
  if (text.trim() === '') throw new Refusal(`${file}: is empty; measure again with fanout run`);
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Refusal(`${file}: is not JSON, or cut short; name a whole result file of fanout`);
  }
  const problem = problemOf(document);
  if (problem) throw new Refusal(`${file}: ${problem}`);
  return { name: basename(file).replace(/\.json$/, ''), document };
};

// Not mkdirSync's `recursive`, which never returns where a file system takes no folders, as /proc.
const makeFolder = (folder) => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
};

const prepareFolder = (folder) => {
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error.code === 'ENOTDIR' ? 'is not a folder' : 'cannot be written';
    throw new Refusal(`${folder}: ${why}; name another folder with -o`);
  }
};

const toPng = (svg) => {
  const { status, stdout, stderr } = spawnSync('rsvg-convert', ['--zoom', PNG_ZOOM],
    { input: svg, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`rsvg-convert failed: ${String(stderr).trim()}`);
  return stdout;
};

// Loaded when all else is in order, since it needs node_modules.
const drawing = async () => {
  const { echarts } = await import('./src/echarts.mjs');
  echarts.setPlatformAPI({ measureText });
  return import('./src/svg.mjs');
};

// All of the pictures: [{name, content}].
const draw = async (documents, formats) => {
  const { stemOf, toSvg } = await drawing();
  const named = withDistinctNames(documents);
  const scenarios = scenarioNames(named);
  return chartsOf(named, scenarios).flatMap((each) => {
    const svg = toSvg(each);
    const stem = stemOf(each, scenarios);
    return formats.map((format) =>
      ({ name: `${stem}.${format}`, content: format === 'png' ? toPng(svg) : svg }));
  });
};

const write = (folder, { name, content }) => {
  const file = join(folder, name);
  const beside = join(folder, `.${name}.${process.pid}.part`);
  try {
    writeFileSync(beside, content);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new Error(`${file}: ${error.message}`);
  }
  console.log(file);
};

const main = async () => {
  const { values, positionals } = options();
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (positionals.length === 0) throw new Refusal('no result file; see scripts/charts --help');
  if (!values.output) throw new Refusal('no folder: say -o DIR; see scripts/charts --help');
  const formats = formatsOf(values.format);
  const documents = positionals.map(documentOf);
  const pictures = await draw(documents, formats);
  prepareFolder(values.output);
  for (const picture of pictures) write(values.output, picture);
};

try {
  await main();
} catch (error) {
  const missing = error.code === 'ERR_MODULE_NOT_FOUND';
  console.error(`charts: ${missing
    ? 'charts/node_modules: the chart library is not installed; run scripts/bootstrap'
    : error.message}`);
  process.exitCode = error instanceof Refusal || missing ? 2 : 1;
}
