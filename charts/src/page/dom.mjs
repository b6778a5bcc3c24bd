// Making elements: h('p', {class: 'note'}, 'text', child). Texts are never parsed as HTML.

const SVG = 'http://www.w3.org/2000/svg';

const filled = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined));
  return element;
};

export const h = (tag, attributes, ...children) =>
  filled(document.createElement(tag), attributes, children);

export const svg = (tag, attributes, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

export const section = (id, title, ...children) =>
  h('section', { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title), ...children);

// What a page begins with.
export const masthead = (heading, button) => h('header', {},
  h('div', {}, h('p', { class: 'brand' }, 'fanout'), heading), button);

// A wide table scrolls inside its own box, also by keyboard.
export const scrollBox = (label, table) =>
  h('div', { class: 'scroll', role: 'region', 'aria-label': label, tabindex: '0' }, table);

export const definitions = (pairs) => h('dl', {}, pairs.map(([term, ...texts]) =>
  h('div', {}, h('dt', {}, term), texts.map((text) => h('dd', {}, text)))));

export const list = (lines, attributes = {}) =>
  h('ul', attributes, lines.map((line) => h('li', {}, line)));

export const slug = (text) => text.replace(/[^A-Za-z0-9]+/g, '-');
