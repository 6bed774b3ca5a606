import { describe, expect, it } from 'vitest';
import { numbered } from '../../../scripts/frozen/options.ts';
import { chooseOutput, fittingLabels, type OutputChoices } from '../../../scripts/import/choose-output.ts';
import type { ModelFacts } from '../../../scripts/import/facts/model-facts.ts';

const facts = (width: number, activation: ModelFacts['activation'], picture = false): ModelFacts => ({
  inputs: [{ name: 'x', shape: picture ? [null, 32, 32, 3] : [null, 6], integers: false }],
  outputs: [{ name: 'y', shape: [null, width] }],
  activation,
  ...(picture ? { picture: { height: 32, width: 32, channels: 3 } } : {}),
});
const task = (model: ModelFacts, choices: OutputChoices = {}) => chooseOutput(model, choices).output.kind;

describe('chooseOutput', () => {
  it.each([
    ['softmax', facts(3, 'softmax'), {}, 'classification'],
    ['one sigmoid', facts(1, 'sigmoid'), {}, 'classification'],
    ['logits of a picture', facts(10, 'none', true), {}, 'classification'],
    ['one number', facts(1, 'none'), {}, 'regression'],
    ['one number of a picture (an age)', facts(1, 'none', true), {}, 'regression'],
    ['many numbers of a table', facts(4, 'none'), {}, 'tensors'],
    ['a sigmoid whose target has a scaler', facts(1, 'sigmoid'), { values: numbered(1) }, 'regression'],
    ['labels', facts(4, 'none'), { labels: ['a', 'b', 'c', 'd'] }, 'classification'],
    ['the user', facts(3, 'softmax'), { task: 'tensors' }, 'tensors'],
  ] as const)('%s', (_, model, choices, kind) => expect(task(model, choices)).toBe(kind));

  it('answers tensors of several outputs, and of what is no list', () => {
    const one = facts(3, 'softmax');
    expect(task({ ...one, outputs: [...one.outputs, ...one.outputs] })).toBe('tensors');
    expect(task({ ...one, outputs: [{ name: 'y', shape: [null, 7, 3] }] })).toBe('tensors');
  });

  it.each([
    ['labels of several outputs', { labels: ['a', 'b', 'c'] }, 'The labels were not used'],
    ['labels beside a scaler', { labels: ['a'], values: numbered(3) }, 'The labels were not used'],
    ['a scaler of tensors', { values: numbered(3), task: 'tensors' }, 'its target'],
    ['a scaler of a classifier', { values: numbered(3), task: 'classification' }, 'its target'],
  ] as const)('says that it does not use %s', (what, choices, note) => {
    const one = facts(3, 'softmax');
    const model = what.includes('several') ? { ...one, outputs: [...one.outputs, ...one.outputs] } : one;
    expect(chooseOutput(model, choices).notes.join(' ')).toContain(note);
  });

  it('makes labels where none are given, two for one number, and says so', () => {
    const { output, notes } = chooseOutput(facts(1, 'sigmoid'), {});
    expect(output).toEqual({ kind: 'classification', labels: ['class_0', 'class_1'] });
    expect(notes.join(' ')).toContain('(--labels FILE names them)');
    expect(chooseOutput(facts(1001, 'softmax'), {}).notes.join(' ')).toContain('--labels imagenet');
  });

  it.each([
    [facts(3, 'softmax'), { labels: ['a', 'b'] }],
    [facts(2, 'none'), { values: numbered(3) }],
    [{ ...facts(3, 'softmax'), outputs: [{ name: 'y', shape: [null, 7, 3] }] }, { task: 'classification' }],
  ] as const)('refuses what does not fit', (model, choices) => {
    expect(() => chooseOutput(model as ModelFacts, choices)).toThrow(
      expect.objectContaining({ code: 'option-mismatch' }),
    );
  });
});

describe('fittingLabels', () => {
  it("uses the file's where they fit, and leaves out another model's", async () => {
    const model = facts(2, 'softmax');
    expect((await fittingLabels(model, {}, { labels: ['a', 'b'] })).labels).toEqual(['a', 'b']);
    const { labels, notes } = await fittingLabels(model, {}, { labels: ['a', 'b', 'c'] });
    expect([labels, notes.length]).toEqual([undefined, 1]);
  });

  it("puts a background class before ImageNet's thousand for a model of 1001", async () => {
    const thousand = Array.from({ length: 1000 }, (_, i) => `c${i}`);
    const { labels } = await fittingLabels(facts(1001, 'softmax'), { labels: thousand }, {});
    expect(labels?.slice(0, 2)).toEqual(['background', 'c0']);
  });

  it("names ImageNet's classes for a published network, unless somebody names others", async () => {
    const application = { title: 'MobileNet V2', preprocess: 'tf', whole: true } as const;
    const model = { ...facts(1000, 'softmax', true), application };
    const { labels, notes } = await fittingLabels(model, {}, {});
    expect([labels?.length, labels?.[0]]).toEqual([1000, 'tench, Tinca tinca']);
    expect(notes.join()).toContain("Its classes are ImageNet's: it is MobileNet V2");
    const others = Array.from({ length: 1000 }, (_, i) => `c${i}`);
    expect((await fittingLabels(model, {}, { labels: others })).labels).toEqual(others);
    expect((await fittingLabels(model, { labels: others }, {})).labels).toEqual(others);
    const further = { ...facts(3, 'softmax', true), application: { ...application, whole: false } };
    expect((await fittingLabels(further, {}, {})).labels).toBeUndefined();
  });
});
