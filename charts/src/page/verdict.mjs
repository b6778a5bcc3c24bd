// The first thing a reader sees: what to use, what to know before believing it, and the command
// that measures it again.

import { isProven } from '../parts/rows.mjs';
import { h, list, section } from './dom.mjs';

// "Fastest: thread_pool ..." with its first words bold.
const emphasized = (line) => {
  const [, head, rest] = /^([^.:]{1,40}:)( .*)$/.exec(line) ?? [];
  return head ? [h('strong', {}, head), rest] : [line];
};

const recommendation = ({ scenario, answer, lines }, several) => h('div', { class: 'verdict' },
  several ? h('h3', {}, scenario) : undefined,
  answer.map((line) => h('p', { class: 'answer' }, line)),
  lines.map((line) => h('p', {}, ...emphasized(line))));

// Which differences are real, as `fanout report` prints them; of the ranked ones only.
const differences = ({ verdicts }) => verdicts.filter(({ ranked }) => ranked)
  .map(({ scenario, words }) => h('div', {}, h('h3', {}, `${scenario}, ${words[0]}`),
    list(words.slice(1))));

const ENDINGS = {
  running: 'unfinished: its fanout still ran or was killed',
  failed: 'an error ended it; what was measured is shown',
  interrupted: 'interrupted; what was measured is shown',
};

const resumption = ({ at, rounds, runs }, { plan }) => `resumed ${at} after ${rounds} of `
  + `${plan.rounds} rounds (${runs} runs)`;

const caveats = (file) => {
  const { document } = file;
  return [
    ...document.warnings,
    ...(document.resumed ?? []).map((each) => resumption(each, document)),
    ...(document.stopped_by === 'time budget' ? ['the time budget ended the rounds early'] : []),
    ...(document.stopped_by === 'no success' ? ['stopped: real targets answered no request'] : []),
    ...(ENDINGS[document.status] ? [ENDINGS[document.status]] : []),
  ];
};

// Where a browser does not let a page copy, the text is selected for the reader to do it.
const copy = async (code, button) => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
};

const commandBox = (command) => {
  const code = h('code', {}, command.split(' ')
    .flatMap((argument, index) => [index ? ' ' : '', h('span', {}, argument)]));
  const button = h('button', { type: 'button', class: 'quiet' }, 'Copy');
  button.addEventListener('click', () => copy(code, button));
  return h('div', { class: 'command' }, code, button);
};

const whatRan = ({ document: { plan, started_at: started, tool, command } }) => [
  h('p', {}, `Measured ${started.replace('T', ' ').replace('Z', ' UTC')} with fanout `
    + `${tool.version}: ${plan.cells.length} cells, ${plan.rounds} rounds in random order, `
    + `seed ${plan.seed}.`),
  commandBox(command),
];

const ofFile = (file, several, children) =>
  [...(several ? [h('h3', { class: 'file' }, file.name)] : []), ...children];

export const verdictSection = (documents) => section('verdict', 'Verdict',
  documents.flatMap((file) => {
    const { recommendations } = file.document;
    const known = caveats(file);
    return ofFile(file, documents.length > 1, [
      ...(file.document.cells.some(isProven) ? []
        : [h('p', { class: 'bad' }, 'No run is valid, so there is nothing to compare.')]),
      ...recommendations.map((each) => recommendation(each, recommendations.length > 1)),
      ...differences(file.document),
      ...(recommendations.length || file.document.verdicts.length ? []
        : [h('p', {}, 'Nothing to compare: fewer than two cells were run on a network.')]),
      ...(known.length
        ? [h('div', { class: 'caveats' }, h('h3', {}, 'Before you believe it'), list(known))] : []),
    ]);
  }));

export const commandSection = (documents) => section('command',
  'What was run, and how to run it again',
  documents.flatMap((file) => ofFile(file, documents.length > 1, whatRan(file))));
