import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findLayer, LAYERS } from '../../../../../scripts/convert/keras/layers/index.ts';
import { classesOf, KERAS_ANSWERS } from '../../keras-answers.ts';
import { KERAS_GRAPHS } from '../../keras-graphs.ts';
import { CASES } from './cases.ts';

const FOLDER = new URL('../../../../../scripts/convert/keras/layers/', import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file !== 'index.ts');

/** What is missing among the layers: an empty list is good news. */
function missing(registered: readonly string[], tested: readonly string[]): string[] {
  return registered.filter((name) => !tested.includes(name));
}

describe('the registry of layers', () => {
  it('lists what every file in layers/ defines', async () => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const exported = Object.values(await import(new URL(file, FOLDER).href));
      const defined = exported.filter((value) => LAYERS.includes(value as (typeof LAYERS)[number]));
      expect(defined, `${file} defines a layer that is not in LAYERS`).toHaveLength(1);
    }
    expect(LAYERS).toHaveLength(files.length);
  });

  it('names every class once, in alphabetical order', () => {
    const names = LAYERS.map(({ className }) => className);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
    expect(findLayer('Conv2D')?.className).toBe('Conv2D');
    expect(findLayer('conv2d')).toBeUndefined();
  });

  it('has a case for every layer, and says so when one is missing', () => {
    const registered = LAYERS.map(({ className }) => className);
    // `training-only.test.ts` goes through all of those that are left out.
    const leftOut = LAYERS.filter((definition) => definition.trainingOnly).map(({ className }) => className);
    const answered = [KERAS_ANSWERS, KERAS_GRAPHS].flatMap((files) => Object.values(files).flat().flatMap(classesOf));
    const tested = [...CASES.map(({ layer }) => layer), ...answered, ...leftOut];
    expect(missing(registered, tested)).toEqual([]);
    expect(missing([...registered, 'Untested'], tested)).toEqual(['Untested']);
  });

  it('gives no two cases of a layer the same title', () => {
    const titles = CASES.map(({ layer, title }) => `${layer}: ${title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
