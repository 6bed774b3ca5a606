import { describe, expect, it } from 'vitest';
import type { Activation } from '../../../../scripts/convert/keras/activations/activation.ts';
import { ACTIVATIONS } from '../../../../scripts/convert/keras/activations/index.ts';
import type { LayerDefinition } from '../../../../scripts/convert/keras/layer.ts';
import { LAYERS } from '../../../../scripts/convert/keras/layers/index.ts';
import { readTopology } from '../../../../scripts/keras/topology.ts';
import { ARCHITECTURES } from '../../../../scripts/train/architectures/index.ts';
import { ACTIVATION_GRADIENTS } from '../../../../scripts/train/gradients/activations.ts';
import { GRADIENT_RULES, ruleOf } from '../../../../scripts/train/gradients/index.ts';
import { CASES } from './cases.ts';
import { leftOut, type TrainedPlaces } from './completeness.ts';

const config = { shape: [64, 64, 3], outputs: 3 };
const places: TrainedPlaces = {
  layers: LAYERS.map((layer: LayerDefinition) => layer.className),
  rules: Object.keys(GRADIENT_RULES),
  cases: CASES.map((test) => test.className),
  architectures: Object.fromEntries(
    ARCHITECTURES.map((architecture) => [
      architecture.name,
      readTopology(architecture.config(config)).nodes.map(({ layer }) => layer.class_name),
    ]),
  ),
  activations: ACTIVATIONS.map((activation: Activation) => activation.name),
  activationGradients: Object.keys(ACTIVATION_GRADIENTS),
};

describe('the rules of gradients', () => {
  it('are of layers, have a case, and are there for every layer of every architecture', () => {
    expect(leftOut(places)).toEqual([]);
    expect(Object.values(places.architectures).every((layers) => layers.length > 3)).toBe(true);
  });

  it.each([
    [{ layers: places.layers.filter((name) => name !== 'Dense') }, 'Dense has a gradient rule and is no layer of'],
    [{ cases: places.cases.filter((name) => name !== 'Add') }, 'Add has no case in test/scripts/train/gradients/'],
    [{ cases: [...places.cases, 'LSTM'] }, 'LSTM has a case and no rule in scripts/train/gradients/index.ts'],
    [{ architectures: { wide: ['Dense', 'LSTM'] } }, 'LSTM of wide has no rule in scripts/train/gradients/index.ts'],
    [
      { activationGradients: places.activationGradients.slice(1) },
      'linear has no gradient in scripts/train/gradients/',
    ],
    [{ activationGradients: [...places.activationGradients, 'bent'] }, 'bent has a gradient and is no activation'],
  ])('are missed by name: %#', (change: Partial<TrainedPlaces>, message) => {
    const found = leftOut({ ...places, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('are not those of an operator that has the class name of a layer', () => {
    const layer = LAYERS.find((one: LayerDefinition) => one.className === 'Add') as LayerDefinition;
    expect(ruleOf(layer)).toBe(GRADIENT_RULES.Add);
    expect(ruleOf({ ...layer })).toBeUndefined();
  });
});
