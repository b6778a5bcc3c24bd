// The machine, the plan, and what could not run.

import { bytes, count, duration, workers } from '../parts/format.mjs';
import { transportText } from '../parts/rows.mjs';
import { definitions, h, list, section } from './dom.mjs';

const cpuList = (cpus) => (cpus.length ? cpus.join(', ') : 'not pinned');

const machine = (environment) => [
  ['CPU', `${environment.cpus} x ${environment.cpu_model || 'unknown'}`],
  ...(environment.cpu_quota ? [['CPU quota', `${environment.cpu_quota} CPUs`]] : []),
  ['memory', bytes(environment.memory_bytes)],
  ['system', `${environment.os || 'unknown'}, kernel ${environment.kernel}`],
  ['CPUs of the server', cpuList(environment.server_cpus)],
  ['CPUs of the client', cpuList(environment.client_cpus)],
  ['congestion control', `${environment.socket_congestion_control} on fanout's sockets `
    + `(system: ${environment.congestion_control})`],
  ['file descriptors', count(environment.file_descriptors)],
  ['ephemeral ports', count(environment.ephemeral_ports)],
  ['transports', Object.entries(environment.libraries)
    .map(([name, version]) => `${name} ${version}`).join(', ')],
];

// What the external programs said they ran on.
const programs = ({ cells }) => {
  const on = new Map();
  for (const { strategy, runs } of cells) {
    for (const { program } of runs) {
      if (program) on.set(program, (on.get(program) ?? new Set()).add(strategy));
    }
  }
  return [...on].map(([program, names]) => ['external programs', `${[...names].join(', ')}: ${program}`]);
};

const plan = ({ plan: planned, tool, status, stopped_by: stoppedBy }) => [
  ['fanout', `${tool.version}, commit ${tool.commit || 'unknown'}, ${tool.build}`],
  ['seed', String(planned.seed)],
  ['rounds', String(planned.rounds)],
  ['affinity', planned.affinity],
  ['time budget', planned.time_budget_ns === null ? 'none' : duration(planned.time_budget_ns)],
  ['predicted', duration(planned.predicted_ns)],
  ['ended', stoppedBy ? `${status} (${stoppedBy})` : status],
];

const skipped = ({ plan: { skipped: cells } }) => (cells.length === 0 ? [] : [
  h('h3', {}, 'Left out'),
  list(cells.map((cell) => `${cell.strategy} / ${transportText(cell)} / ${workers(cell.workers)}, `
    + `${cell.scenario}: ${cell.reason}`)),
]);

const ofFile = ({ name, document }, several) => [
  ...(several ? [h('h3', { class: 'file' }, name)] : []),
  h('div', { class: 'columns' },
    h('div', {}, h('h3', {}, 'Machine'), definitions([...machine(document.environment), ...programs(document)])),
    h('div', {}, h('h3', {}, 'Plan'), definitions(plan(document)))),
  ...skipped(document),
];

export const environmentSection = (documents) => section('environment', 'Machine and plan',
  documents.flatMap((file) => ofFile(file, documents.length > 1)));
