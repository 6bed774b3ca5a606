import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../../scripts/convert/freeze.ts';
import { foldPreprocessing } from '../../../../scripts/convert/passes/fold-preprocessing.ts';
import { planFreeze } from '../../../../scripts/convert/plan/plan.ts';
import type { Preprocess } from '../../../../scripts/frozen/options.ts';
import { verifyFrozen } from '../../../../scripts/reference/verify.ts';
import { LABELS, PICTURE_INPUT, pictures } from '../frozen.ts';
import { sequentialModel, withSeededWeights } from '../harness.ts';

type Layers = Parameters<typeof sequentialModel>[1];

const HEAD: Layers = [
  ['GlobalAveragePooling2D', {}],
  ['Dense', { units: 3, activation: 'softmax' }],
];
/** 0..1. */
const UNIT: Preprocess = { scale: [1 / 255, 1 / 255, 1 / 255], offset: [0, 0, 0] };
/** -1..1, each channel its own. */
const SIGNED: Preprocess = { scale: [1 / 127.5, 1 / 127.5, 1 / 100], offset: [-1, -1, -0.5] };

const conv = (options: Record<string, unknown>): Layers => [
  ['Conv2D', { filters: 4, kernel_size: 3, ...options }],
  ...HEAD,
];

async function nodesAndDifference(layers: Layers, preprocess: Preprocess) {
  const model = withSeededWeights(sequentialModel([8, 7, 3], layers), 5);
  const plan = foldPreprocessing(planFreeze(model), 'in_0', preprocess);
  const options = {
    input: { ...PICTURE_INPUT, preprocess },
    output: { kind: 'classification', labels: LABELS },
  } as const;
  const { onnx } = freezeModel(model, options);
  const { maxDifference } = await verifyFrozen(model, onnx, options, pictures(6));
  return { first: plan.nodes[0]?.definition.className, maxDifference };
}

describe('foldPreprocessing', () => {
  const folded: [string, Layers, Preprocess][] = [
    ['a scale into a padded convolution', conv({ padding: 'same' }), UNIT],
    ['scale and offset into a convolution without padding', conv({ padding: 'valid' }), SIGNED],
    ['scale and offset into one without bias', conv({ padding: 'valid', use_bias: false }), SIGNED],
    [
      'scale and offset into a depthwise one',
      [['DepthwiseConv2D', { kernel_size: 3, depth_multiplier: 2 }], ...HEAD],
      SIGNED,
    ],
    [
      'a scale into a transposed one',
      [['Conv2DTranspose', { filters: 4, kernel_size: 3, strides: 2, padding: 'same' }], ...HEAD],
      UNIT,
    ],
    ['a scale into a dense layer', [['Dense', { units: 4 }], ...HEAD], SIGNED],
  ];
  it.each(folded)('makes %s', async (_, layers, preprocess) => {
    const { first, maxDifference } = await nodesAndDifference(layers, preprocess);
    expect(first).toBe(layers[0]?.[0]);
    expect(maxDifference).toBeLessThanOrEqual(2e-6);
  });

  const left: [string, Layers, Preprocess][] = [
    ['an offset before a padded convolution', conv({ padding: 'same' }), SIGNED],
    [
      'an offset before a transposed convolution',
      [['Conv2DTranspose', { filters: 4, kernel_size: 3, strides: 2 }], ...HEAD],
      SIGNED,
    ],
    ['a scale before a pool', [['MaxPooling2D', {}], ...HEAD], UNIT],
    ['a scale before groups', conv({ groups: 3, filters: 6 }), UNIT],
  ];
  it.each(left)('puts nodes in front for %s', async (_, layers, preprocess) => {
    const { first, maxDifference } = await nodesAndDifference(layers, preprocess);
    expect(first).toBe('ScaleOffset');
    expect(maxDifference).toBeLessThanOrEqual(2e-6);
  });
});
