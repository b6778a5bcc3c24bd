// Versions of HTTP against each other: what the connections were, what a request took and cost, and
// which differences are real. The columns are those of harness/print/render_protocols.cpp.

import { count, duration, number, withInterval } from '../parts/format.mjs';
import { comparisonsOf } from '../parts/rows.mjs';
import { h, list, scrollBox } from './dom.mjs';
import { sortableTable } from './sortable.mjs';

const word = (title, textOf) => ({ title, class: 'left', value: textOf, text: textOf });

// A figure that is null where it is not known.
const column = (title, valueOf, format, help) => {
  const text = (value) => (value === null ? '-' : format(value));
  return { title, help, value: valueOf, text: (row) => text(valueOf(row)) };
};

const withBounds = (title, intervalOf, format, help) => ({
  title, help,
  value: ({ cell }) => intervalOf(cell.summary).median,
  text: ({ cell }) => withInterval(format, intervalOf(cell.summary)),
});

const COLUMNS = [
  word('version', ({ words }) => words),
  word('transport', ({ transport }) => transport),
  column('conns', (row) => row.connections_seen, count, 'connections, as the server counted them'),
  column('streams', (row) => row.streams_at_once, count, 'most at once on one connection'),
  column('handshakes', (row) => row.handshakes, count, 'of TLS'),
  column('header in', (row) => row.header_bytes_in, number,
    'bytes of the header of a request, as HTTP/2 codes it'),
  column('out', (row) => row.header_bytes_out, number,
    'bytes of the header of an answer, as HTTP/2 codes it'),
  column('req/s', ({ cell }) => cell.summary.requests_per_second, number),
  withBounds('makespan', (summary) => summary.makespan_ns, duration,
    'ready to the end of the last request'),
  withBounds('CPU us/req', (summary) => summary.intervals.cpu_us_per_request, number,
    'user and system time of the client'),
];

// "event_loop with 10 requests in flight, beast_async and nghttp2_async".
const titleOf = ({ strategy, workers, rows }) =>
  `${strategy} with ${count(workers)} ${workers === 1 ? 'request' : 'requests'} in flight, `
  + [...new Set(rows.map(({ transport }) => transport))].join(' and ');

const wordsOf = ({ verdicts }) => verdicts.filter(({ ranked }) => ranked)
  .map(({ words: [first, ...others] }) => h('div', {}, h('p', {}, first), list(others)));

// Rows that are missing, and why.
const leftOutOf = ({ left_out: out = [] }) => (out.length === 0 ? [] : [h('p', {},
  `Left out: ${out.map(({ transport, http = '1.1', connections = 'W', reason }) =>
    `${transport}, HTTP/${http}${http === '2' ? ` x ${connections}` : ''} (${reason})`)
    .join(', ')}.`)]);

const ofComparison = (file, comparison, scenario, several) => {
  const title = titleOf(comparison) + (several ? ` · ${file.name}` : '');
  return [h('h4', {}, title), scrollBox(`Versions of HTTP in ${scenario}, ${title}`,
    sortableTable(COLUMNS, comparison.rows)), ...leftOutOf(comparison), ...wordsOf(comparison)];
};

export const protocolsTable = (documents, scenario) => {
  const tables = documents.flatMap((file) => comparisonsOf(file, scenario).flatMap((each) =>
    ofComparison(file, each, scenario, documents.length > 1)));
  return tables.length === 0 ? [] : [
    h('h3', {}, 'Versions of HTTP'), ...tables,
    h('p', { class: 'note' }, 'Loopback loses no packets: what a lost one costs all requests of a '
      + 'connection is not in these figures.')];
};
