// Light or dark: as the system says until the reader chooses, for as long as the page is open.
// Paper is always light.

import { h } from './dom.mjs';

const root = document.documentElement;
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const printing = matchMedia('print');

let chosen = null;

const wanted = () => chosen ?? (prefersDark.matches ? 'dark' : 'light');

export const themeName = () => (printing.matches ? 'light' : wanted());

// The button, and `changed()` called whenever charts must be drawn in other colours.
export const themeButton = (changed) => {
  const button = h('button', { type: 'button', class: 'quiet', id: 'theme' });
  const apply = () => {
    root.dataset.theme = themeName();
    button.textContent = wanted() === 'dark' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to the ${button.textContent.toLowerCase()} theme`);
    changed();
  };
  button.addEventListener('click', () => {
    chosen = wanted() === 'dark' ? 'light' : 'dark';
    apply();
  });
  prefersDark.addEventListener('change', apply);
  printing.addEventListener('change', apply);
  root.dataset.theme = themeName();
  apply();
  return button;
};
