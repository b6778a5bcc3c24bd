// A table whose rows are sorted by a click on a column's title.
//
// A column is {title, text(row), value(row), class, help}; `value` is what is sorted by, null last.

import { h } from './dom.mjs';

const compare = (a, b) => {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === 'number' ? a - b : a.localeCompare(b, 'en', { numeric: true });
};

// Stable, so that equal rows keep the document's order in both directions.
const sorted = (rows, { value }, descending) => [...rows].sort((a, b) => {
  const [x, y] = [value(a), value(b)];
  return x === null || y === null || !descending ? compare(x, y) : -compare(x, y);
});

const cellOf = (column, row) =>
  h('td', { class: column.class }, column.text(row));

const lineOf = (columns, row) => {
  const [first, ...others] = columns;
  return h('tr', {}, h('th', { scope: 'row' }, first.text(row)),
    others.map((column) => cellOf(column, row)));
};

export const sortableTable = (columns, rows) => {
  const body = h('tbody', {});
  const show = (some) => body.replaceChildren(...some.map((row) => lineOf(columns, row)));
  const headers = columns.map((column) => h('th',
    { scope: 'col', 'aria-sort': 'none', class: column.class },
    h('button', { type: 'button', title: column.help, onclick: () => sortBy(column) },
      column.title)));

  const sortBy = (column) => {
    const chosen = headers[columns.indexOf(column)];
    const descending = chosen.getAttribute('aria-sort') === 'ascending';
    for (const header of headers) header.setAttribute('aria-sort', 'none');
    chosen.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    show(sorted(rows, column, descending));
  };

  show(rows);
  return h('table', {}, h('thead', {}, h('tr', {}, headers)), body);
};
