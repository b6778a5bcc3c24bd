// The report page: reads the documents beside it, writes the sections, draws the charts.

import { count } from '../parts/format.mjs';
import { scenarioNames, planOf, filesWith, withDistinctNames } from '../parts/rows.mjs';
import { chartsOf } from '../registry.mjs';
import { cellsTable } from './cells_table.mjs';
import { h, masthead, section, slug } from './dom.mjs';
import { environmentSection } from './environment.mjs';
import { figureOf, showFigures } from './figures.mjs';
import { writeHistory } from './history.mjs';
import { protocolsTable } from './protocols_table.mjs';
import { scenarioTables } from './scenario_tables.mjs';
import { sweepsTable } from './sweeps_table.mjs';
import { commandSection, verdictSection } from './verdict.mjs';

// Nothing where fanout has not put documents in place of the marker.
const readData = () => {
  try {
    return JSON.parse(document.getElementById('fanout-documents').textContent);
  } catch {
    return [];
  }
};

// The work itself, whatever the summary says: flags may have overruled the scenario.
const workOf = ({ requests, method, reuse, server, targets, http }) => [
  `${count(requests)} requests`, method,
  ...(http === undefined || http === '1.1' ? [] : [`HTTP/${[http].flat().join(' and ')}`]),
  `connections ${reuse ? 'reused' : 'new for each request'}`,
  server ? `server engine ${server.engine}` : 'real targets',
  ...(targets?.follow ? ['redirects followed'] : [])]
  .join(', ');

const scenarioSection = (documents, scenario, figures) => {
  const plan = planOf(filesWith(documents, scenario)[0], scenario);
  return section(`scenario-${slug(scenario)}`, scenario,
    h('p', { class: 'summary' }, plan.summary),
    h('p', { class: 'summary' }, workOf(plan)),
    ...cellsTable(documents, scenario),
    ...protocolsTable(documents, scenario),
    ...scenarioTables(documents, scenario),
    ...sweepsTable(documents, scenario),
    h('div', { class: 'figures' }, figures.map(({ element }) => element)));
};

const titleOf = (documents) => documents.map(({ name }) => name).join(' and ');

const writeReport = (documents, main) => {
  const scenarios = scenarioNames(documents);
  const drawings = chartsOf(documents, scenarios);
  const figures = drawings.map((drawing) => ({ drawing, ...figureOf(drawing, scenarios) }));
  document.title = `fanout report: ${titleOf(documents)}`;
  showFigures(figures, (button) => main.replaceChildren(
    masthead(h('h1', {}, titleOf(documents)), button),
    verdictSection(documents), commandSection(documents),
    ...scenarios.map((scenario) => scenarioSection(documents, scenario,
      figures.filter(({ drawing }) => drawing.scenario === scenario))),
    environmentSection(documents)));
};

const main = document.getElementById('report');
const data = readData();
if (data.history) {
  writeHistory(data.history, main);
} else if (data.length === 0) {
  main.replaceChildren(h('h1', {}, 'No data'), h('p', {},
    'This is the empty page; fanout report RESULT.json --html FILE fills it.'));
} else {
  writeReport(withDistinctNames(data), main);
}

// Told to tests once the browser has laid out and painted all of it.
requestAnimationFrame(() => setTimeout(() => {
  performance.mark('fanout-rendered');
  document.documentElement.dataset.rendered = String(Math.round(performance.now()));
}));
