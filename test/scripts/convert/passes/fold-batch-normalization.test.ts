import { describe, expect, it } from 'vitest';
import { foldBatchNormalization } from '../../../../scripts/convert/passes/fold-batch-normalization.ts';
import { planFreeze } from '../../../../scripts/convert/plan/plan.ts';
import type { KerasModel, LayerConfig } from '../../../../scripts/keras/model.ts';
import { compareWithReference, inputLayer, numbers, sequentialModel, withSeededWeights } from '../harness.ts';

const PICTURE = [6, 5, 3] as const;
type Layers = Parameters<typeof sequentialModel>[1];

function classesAfterFolding(config: KerasModel['config']): string[] {
  const { nodes } = foldBatchNormalization(planFreeze(withSeededWeights(config, 2)));
  return nodes.map(({ definition }) => definition.className);
}

async function difference(config: KerasModel['config'], shape: readonly number[] = PICTURE): Promise<number> {
  const data = numbers(2 * shape.reduce((n, size) => n * size, 1), 9);
  return (await compareWithReference(withSeededWeights(config, 2), [{ shape: [2, ...shape], data }])).difference;
}

describe('foldBatchNormalization', () => {
  const folded: [string, readonly number[], Layers][] = [
    [
      'a convolution',
      PICTURE,
      [
        ['Conv2D', { filters: 4, kernel_size: 3 }],
        ['BatchNormalization', {}],
      ],
    ],
    [
      'a convolution without bias',
      PICTURE,
      [
        ['Conv2D', { filters: 4, kernel_size: 3, use_bias: false, padding: 'same' }],
        ['BatchNormalization', { axis: 3 }],
      ],
    ],
    [
      'a depthwise convolution with two outputs a channel',
      PICTURE,
      [
        ['DepthwiseConv2D', { kernel_size: 3, depth_multiplier: 2 }],
        ['BatchNormalization', { scale: false, epsilon: 1e-5 }],
      ],
    ],
    [
      'a dense layer',
      [7],
      [
        ['Dense', { units: 4 }],
        ['BatchNormalization', { center: false }],
      ],
    ],
  ];
  const others: [string, readonly number[], Record<string, unknown>][] = [
    ['Conv1D', [8, 3], { filters: 4, kernel_size: 3, padding: 'same' }],
    // As many inputs as outputs would hide that the kernel lies the other way round.
    ['Conv2DTranspose', PICTURE, { filters: 4, kernel_size: 3, strides: 2, padding: 'same' }],
    ['Conv2DTranspose', PICTURE, { filters: 2, kernel_size: 2, use_bias: false }],
  ];
  it.each(others)('makes it part of a %s of shape [%s] before it', async (className, shape, options) => {
    const config = sequentialModel(shape, [
      [className, options],
      ['BatchNormalization', {}],
    ]);
    expect(classesAfterFolding(config)).toEqual([className]);
    expect(await difference(config, shape)).toBeLessThanOrEqual(1e-5);
  });

  it.each(folded)('makes it part of %s before it', async (_, shape, layers) => {
    const config = sequentialModel(shape, layers);
    expect(classesAfterFolding(config)).toEqual([layers[0]?.[0]]);
    expect(await difference(config, shape)).toBeLessThanOrEqual(1e-5);
  });

  const left: [string, Layers][] = [
    [
      'first in the model',
      [
        ['BatchNormalization', {}],
        ['Conv2D', { filters: 2, kernel_size: 3 }],
      ],
    ],
    [
      'behind an activation',
      [
        ['Conv2D', { filters: 4, kernel_size: 3, activation: 'relu' }],
        ['BatchNormalization', {}],
      ],
    ],
    [
      'over another axis',
      [
        ['Conv2D', { filters: 4, kernel_size: 3 }],
        ['BatchNormalization', { axis: 1 }],
      ],
    ],
  ];
  it.each(left)('leaves a Mul and an Add where it stands %s', async (_, layers) => {
    const config = sequentialModel(PICTURE, layers);
    const classes = classesAfterFolding(config);
    expect(classes).toContain('ScaleOffset');
    expect(classes).not.toContain('BatchNormalization');
    expect(await difference(config)).toBeLessThanOrEqual(1e-5);
  });

  it('leaves the weights of a convolution whose output somebody else reads', async () => {
    const layers = [
      inputLayer('in', PICTURE),
      node('Conv2D', 'conv', { filters: 3, kernel_size: 3 }, [['in', 0]]),
      node('BatchNormalization', 'bn', {}, [['conv', 0]]),
      node('Add', 'sum', {}, [
        ['conv', 0],
        ['bn', 0],
      ]),
    ];
    const config = model(layers, 'sum');
    expect(classesAfterFolding(config)).toEqual(['Conv2D', 'ScaleOffset', 'Add']);
    expect(await difference(config)).toBeLessThanOrEqual(1e-5);
  });

  it('leaves the weights of a convolution that is called twice', async () => {
    const layers = [
      inputLayer('in', [6, 6, 3]),
      {
        ...node('Conv2D', 'conv', { filters: 3, kernel_size: 3 }, []),
        inbound_nodes: [[['in', 0, 0, {}]], [['bn', 0, 0, {}]]],
      },
      node('BatchNormalization', 'bn', {}, [['conv', 0]]),
    ];
    const config = model(layers, 'conv', 1);
    expect(classesAfterFolding(config)).toEqual(['Conv2D', 'ScaleOffset', 'Conv2D']);
    expect(await difference(config, [6, 6, 3])).toBeLessThanOrEqual(1e-4);
  });

  it('does not change the plan that it is given', () => {
    const config = sequentialModel(PICTURE, [
      ['Conv2D', { filters: 4, kernel_size: 3 }],
      ['BatchNormalization', {}],
    ]);
    const plan = planFreeze(withSeededWeights(config, 2));
    const before = [...plan.weights].map(([name, { data }]) => `${name} ${data.join()}`);
    foldBatchNormalization(plan);
    expect(plan.nodes).toHaveLength(2);
    expect([...plan.weights].map(([name, { data }]) => `${name} ${data.join()}`)).toEqual(before);
  });
});

function node(
  class_name: string,
  name: string,
  config: Record<string, unknown>,
  from: readonly (readonly [string, number])[],
): LayerConfig {
  const inbound_nodes = [from.map(([layer, call]) => [layer, call, 0, {}])];
  return { class_name, name, config: { name, ...config }, inbound_nodes };
}

function model(layers: readonly LayerConfig[], output: string, call = 0): KerasModel['config'] {
  const ends = { input_layers: [['in', 0, 0]], output_layers: [[output, call, 0]] };
  return { class_name: 'Functional', config: { name: 'model', layers, ...ends } };
}
