// The charts of one scenario, each with legend, caption and buttons; drawn again when the width
// or the theme changes.

import { echarts } from '../echarts.mjs';
import { heightOf } from '../parts/frame.mjs';
import { themeOf } from '../parts/look.mjs';
import { h, slug } from './dom.mjs';
import { legendOf } from './legend.mjs';
import { saveButtons } from './save.mjs';
import { themeButton, themeName } from './theme.mjs';

const optionOf = ({ chart, scenario, documents }, theme, hidden) => {
  const option = chart.build(documents, scenario, theme);
  const selected = Object.fromEntries([...hidden].map((name) => [name, false]));
  return { ...option, legend: { ...option.legend, selected } };
};

// What is drawn: {element, draw()}. The same legend entries stay hidden through every drawing.
export const figureOf = (drawing, scenarios) => {
  const { chart, scenario, documents } = drawing;
  const hidden = new Set();
  const plot = h('div', { class: 'plot', role: 'img', 'aria-label':
    `${chart.title}, ${scenario}. ${chart.description} The table has the figures.` });
  const legend = h('div', {});
  let instance = null;

  const draw = () => {
    const theme = themeOf(themeName(), { width: plot.clientWidth, still: false });
    const size = { width: theme.width, height: heightOf(chart, documents, scenario, theme) };
    plot.style.height = `${size.height}px`;
    instance?.dispose();
    instance = echarts.init(plot, null, { renderer: 'svg', ...size });
    instance.setOption(optionOf(drawing, theme, hidden));
    legend.replaceChildren(legendOf(chart.legend(documents, scenario, theme), hidden, (name) =>
      instance.dispatchAction({ type: 'legendToggleSelect', name })));
  };

  const id = `chart-${slug(`${scenario}-${chart.id}`)}`;
  const element = h('figure', { id, 'data-chart': chart.id },
    h('div', { class: 'figure-head' }, h('h3', {}, chart.title),
      saveButtons(drawing, scenarios, () => [...hidden])),
    legend, plot, h('figcaption', {}, chart.description));
  return { element, plot, draw };
};

// Draws a figure again when its width has changed, at most once a frame.
const redrawOnResize = (figures) => {
  const widths = new Map(figures.map(({ plot }) => [plot, plot.clientWidth]));
  const observer = new ResizeObserver((entries) => requestAnimationFrame(() => {
    for (const { target } of entries) {
      if (widths.get(target) === target.clientWidth) continue;
      widths.set(target, target.clientWidth);
      figures.find(({ plot }) => plot === target).draw();
    }
  }));
  for (const { plot } of figures) observer.observe(plot);
};

// `place(button)` puts the figures and the button of the theme into the page; then they are drawn,
// and again when width or theme change.
export const showFigures = (figures, place) => {
  let drawn = false;
  place(themeButton(() => drawn && figures.forEach(({ draw }) => draw())));
  for (const { draw } of figures) draw();
  drawn = true;
  redrawOnResize(figures);
};
