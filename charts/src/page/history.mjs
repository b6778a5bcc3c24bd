// The page of results over time: headings, words and tables are there already, as fanout wrote them
// (harness/print/static_page.h); each section gets the chart of its row.

import { historyChart } from '../history.mjs';
import { masthead } from './dom.mjs';
import { figureOf, showFigures } from './figures.mjs';

export const writeHistory = ({ results, rows }, main) => {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const figures = rows.map((row) => figureOf({ chart: historyChart(row, results),
    scenario: row.scenario, documents: [{ name: 'history' }] }, scenarios));
  const heading = main.querySelector('h1');
  document.title = `fanout compare: ${heading.textContent}`;
  showFigures(figures, (button) => {
    main.querySelectorAll('section.history').forEach((section, index) =>
      section.querySelector('.scroll').before(figures[index].element));
    main.prepend(masthead(heading, button));
  });
};
