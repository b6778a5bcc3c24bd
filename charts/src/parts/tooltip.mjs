// What is said on hover. ECharts takes HTML here, and names come from a file: escape them.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text) =>
  String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

export const tooltipText = (heading, lines) => [
  `<strong>${escape(heading)}</strong>`, ...lines.map(escape)].join('<br>');

// For charts whose points carry a `hint` of their own, under the common heading of their place.
export const hintsAt = (headingOf) => (points) => {
  const told = points.filter(({ data }) => data?.hint);
  return told.length ? tooltipText(headingOf(told[0].data.value[0]),
    told.map(({ data }) => data.hint)) : '';
};

export const hintOf = ({ data }) => (data?.hint ? tooltipText(data.title, [data.hint]) : '');

// For charts of rows: anywhere in a row says what is to say of it, however short its bar.
export const rowTooltip = {
  trigger: 'axis', axisPointer: { type: 'shadow', axis: 'y' },
  formatter: (points) => {
    const told = points.find(({ data }) => data?.hint);
    return told ? hintOf(told) : '';
  },
};
