// What may be drawn: whole results of this version, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { problemOf } from '../../charts/src/check.mjs';
import { chartsOf } from '../../charts/src/registry.mjs';
import { toSvg } from '../../charts/src/svg.mjs';
import { cell, file } from './small_documents.mjs';

// Every place in a value, as a path of keys.
const placesIn = (value) => (typeof value !== 'object' || value === null ? []
  : Object.keys(value).flatMap((key) => [[key], ...placesIn(value[key]).map((rest) =>
    [key, ...rest])]));

const damaged = (document, place, damage) => {
  const copy = structuredClone(document);
  damage(place.slice(0, -1).reduce((value, key) => value[key], copy), place.at(-1));
  return JSON.parse(JSON.stringify(copy));
};

test('what is not a whole result of this version is refused, with what to do', () => {
  const good = file('one', [cell('a', 1), cell('a', 2)]).document;
  assert.equal(problemOf(good), '');
  assert.match(problemOf([]), /not a result of fanout; name/);
  assert.match(problemOf({ ...good, schema_version: 2 }), /schema version 2, not 1; /);
  assert.match(problemOf({ ...good, sweeps: undefined }), /not a complete result document; /);
  assert.match(problemOf({ ...good, cells: [{ ...good.cells[0], summary: {} }] }),
    /not a complete/);
  assert.match(problemOf(file('one', [cell('a', 1, { valid: false })]).document), /no valid run/);
});

test('a document damaged in any one place is refused, or drawn', () => {
  const whole = file('one', [cell('a', 1), cell('a', 2)], { knees: { a: 2 } }).document;
  const damages = [(value, key) => delete value[key], (value, key) => { value[key] = null; },
    (value, key) => { value[key] = 'x'; }];
  for (const place of placesIn(whole)) {
    for (const damage of damages) {
      const document = damaged(whole, place, damage);
      if (problemOf(document)) continue;
      for (const drawing of chartsOf([{ name: 'one', document }], ['small'])) {
        assert.ok(!toSvg(drawing).includes('NaN'), place.join('.'));
      }
    }
  }
});
