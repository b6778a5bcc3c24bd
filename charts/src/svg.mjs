// A chart as a picture that stands alone. For the command, and for "save" on the page.

import { echarts } from './echarts.mjs';
import { heightOf } from './parts/frame.mjs';
import { themeOf } from './parts/look.mjs';

// Texts are centred on their line by this attribute, which few programs other than browsers know.
const portable = (svg) => svg.replaceAll('dominant-baseline="central"', 'dy="0.35em"');

// `hidden`: names of legend entries to leave out.
export const toSvg = ({ chart, scenario, documents }, hidden = []) => {
  const theme = themeOf('light');
  const height = heightOf(chart, documents, scenario, theme);
  const instance = echarts.init(null, null,
    { renderer: 'svg', ssr: true, width: theme.width, height });
  try {
    const option = chart.build(documents, scenario, theme);
    const selected = Object.fromEntries(hidden.map((name) => [name, false]));
    instance.setOption({ ...option, legend: { ...option.legend, selected } });
    return portable(instance.renderToSVGString());
  } finally {
    instance.dispose();
  }
};

const safe = (text) => text.replace(/[^\p{L}\p{N}._-]+/gu, '-');

// FILE-SCENARIO-CHART, without the scenario where there is but one; several files: "overlay".
export const stemOf = ({ chart, scenario, documents }, scenarios) => [
  documents.length > 1 ? 'overlay' : documents[0].name,
  ...(scenarios.length > 1 ? [scenario] : []),
  chart.id].map(safe).join('-');
