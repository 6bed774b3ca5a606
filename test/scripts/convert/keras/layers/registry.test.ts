import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LayerDefinition } from '../../../../../scripts/convert/keras/layer.ts';
import { findLayer, LAYERS } from '../../../../../scripts/convert/keras/layers/index.ts';
import { findRule } from '../../../../../scripts/reference/evaluator/registry.ts';
import { classesOf, KERAS_ANSWERS } from '../../keras-answers.ts';
import { KERAS_GRAPHS } from '../../keras-graphs.ts';
import { CASES } from './cases.ts';

const FOLDER = new URL('../../../../../scripts/convert/keras/layers/', import.meta.url);

/** What each file in `layers/` defines: layers of its own, and tables of them. */
async function definedIn(file: string): Promise<LayerDefinition[]> {
  const exported = Object.values(await import(new URL(file, FOLDER).href));
  return exported.flat().filter((value): value is LayerDefinition => {
    return typeof value === 'object' && value !== null && 'className' in value && 'emit' in value;
  });
}

const DEFINED = new Map<string, readonly LayerDefinition[]>();
for (const file of readdirSync(FOLDER).filter((name) => name !== 'index.ts')) DEFINED.set(file, await definedIn(file));

const ANSWERED = [KERAS_ANSWERS, KERAS_GRAPHS].flatMap((files) => Object.values(files).flat().flatMap(classesOf));
const TESTED = new Set([...CASES.map(({ layer }) => layer), ...ANSWERED]);

/** One sentence for each thing that a layer wants and has not. */
function missing(defined: typeof DEFINED, registered: readonly LayerDefinition[]): string[] {
  const unregistered = [...defined].flatMap(([file, layers]) => {
    if (layers.length === 0) return [`layers/${file} exports no layer`];
    const left = layers.filter((layer) => !registered.includes(layer));
    return left.map(({ className }) => `${className} of layers/${file} is not listed in layers/index.ts`);
  });
  return [...unregistered, ...registered.flatMap(missingOf)];
}

function missingOf({ className, summary, trainingOnly }: LayerDefinition): string[] {
  return [
    ...(summary ? [] : [`${className} has no summary for docs/layers.md`]),
    ...(findRule(className) ? [] : [`${className} has no rule in scripts/reference/evaluator/kinds/`]),
    // `training-only.test.ts` goes through all of those that are left out.
    ...(trainingOnly || TESTED.has(className) ? [] : [`${className} has no case in layers/cases.ts or keras-answers`]),
  ];
}

describe('the registry of layers', () => {
  it('lists what every file in layers/ defines, each with its summary, its rule in the evaluator and a case', () => {
    expect(DEFINED.size).toBeGreaterThan(30);
    expect([...DEFINED.values()].flat()).toHaveLength(LAYERS.length);
    expect(missing(DEFINED, LAYERS)).toEqual([]);
  });

  it('says what a new layer wants', () => {
    const { summary: _, ...bare } = findLayer('Permute') as LayerDefinition;
    const untested: LayerDefinition = { ...bare, className: 'Untested' };
    expect(missing(new Map([['untested.ts', [untested]]]), [])).toEqual([
      'Untested of layers/untested.ts is not listed in layers/index.ts',
    ]);
    expect(missing(new Map([['helpers.ts', []]]), [untested])).toEqual([
      'layers/helpers.ts exports no layer',
      'Untested has no summary for docs/layers.md',
      'Untested has no rule in scripts/reference/evaluator/kinds/',
      'Untested has no case in layers/cases.ts or keras-answers',
    ]);
  });

  it('names every class once, in alphabetical order', () => {
    const names = LAYERS.map(({ className }) => className);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
    expect(findLayer('Conv2D')?.className).toBe('Conv2D');
    expect(findLayer('conv2d')).toBeUndefined();
  });

  it('gives no two cases of a layer the same title', () => {
    const titles = CASES.map(({ layer, title }) => `${layer}: ${title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
