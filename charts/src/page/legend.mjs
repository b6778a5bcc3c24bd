// A legend of buttons: it wraps, is reached by keyboard, and shows dash and marker.

import { h, svg } from './dom.mjs';

const dashText = (dash) => (Array.isArray(dash) ? dash.join(' ') : undefined);

const swatch = ({ kind, colour, symbol, dash, hollow }) =>
  svg('svg', { width: 34, height: 14, viewBox: '-17 -7 34 14', 'aria-hidden': 'true' },
    kind === 'line' ? svg('line', { x1: -16, x2: 16, stroke: colour, 'stroke-width': 2,
      'stroke-dasharray': dashText(dash) }) : undefined,
    symbol ? svg('path', { d: symbol.replace('path://', ''), fill: hollow ? 'none' : colour,
      stroke: hollow ? colour : undefined, 'stroke-width': hollow ? 2 : undefined }) : undefined);

// `hidden` is the set of names switched off; `toggled(name)` is called after it has changed.
export const legendOf = (entries, hidden, toggled) => h('div', { class: 'legend', role: 'group',
  'aria-label': 'Series' }, entries.map((entry) => {
  const button = h('button', { type: 'button', 'aria-pressed': String(!hidden.has(entry.name)) },
    swatch(entry), h('span', {}, entry.name));
  button.addEventListener('click', () => {
    if (!hidden.delete(entry.name)) hidden.add(entry.name);
    button.setAttribute('aria-pressed', String(!hidden.has(entry.name)));
    toggled(entry.name);
  });
  return button;
}));
