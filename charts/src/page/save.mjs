// Saving a chart as a file, drawn anew as scripts/charts draws it: light, with title and notes.

import { stemOf, toSvg } from '../svg.mjs';
import { h } from './dom.mjs';

const PIXEL_RATIO = 2;

const download = (blob, name) => {
  const address = URL.createObjectURL(blob);
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};

const svgBlob = (text) => new Blob([text], { type: 'image/svg+xml' });

const painted = async (text) => {
  const address = URL.createObjectURL(svgBlob(text));
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = h('canvas', { width: image.width * PIXEL_RATIO,
    height: image.height * PIXEL_RATIO });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
};

// `hidden()` names the legend entries switched off.
export const saveButtons = (drawing, scenarios, hidden) => {
  const stem = stemOf(drawing, scenarios);
  const saveSvg = () => download(svgBlob(toSvg(drawing, hidden())), `${stem}.svg`);
  const savePng = async () => download(await painted(toSvg(drawing, hidden())), `${stem}.png`);
  return h('div', { class: 'save' },
    h('button', { type: 'button', class: 'quiet', onclick: saveSvg }, 'Save SVG'),
    h('button', { type: 'button', class: 'quiet', onclick: savePng }, 'Save PNG'));
};
