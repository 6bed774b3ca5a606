import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../../../scripts/system/random.ts';
import type { Samples } from '../../../../scripts/train/batches/batches.ts';
import { compileTraining, type TrainingSpec } from '../../../../scripts/train/step/training-step.ts';
import { core as tf } from '../../../tensorflow-js/tensorflow.ts';
import { numbers, relativeDifference } from '../gradients/layer-gradient.ts';
import { firstVectors, model, openStep, referenceGradients } from './step-harness.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const pixels = { kind: 'pixels', scale: [1 / 255, 1 / 128, 1 / 64], offset: [0, -0.5, 0.25] } as const;
const grey = { kind: 'pixels', scale: [1 / 255], offset: [0] } as const;
const conv = (filters: number, size: number, more = {}) =>
  ['Conv2D', { filters, kernel_size: [size, size], ...more }] as const;
const pool = (size = 2) => ['MaxPooling2D', { pool_size: [size, size] }] as const;
const relu = { activation: 'relu' };
const head = (units: number, activation: string) => ['Dense', { units, activation }] as const;

function pictures(count: number, cells: number, classes: number): Samples {
  const random = stream(4, 'pictures');
  return {
    count,
    x: Uint8Array.from({ length: count * cells }, () => random.below(256)),
    y: Int32Array.from({ length: count }, () => random.below(classes)),
  };
}

/** Most cells of a window are equal: which of them gets the gradient matters. */
function blankPictures(count: number, cells: number, classes: number): Samples {
  const random = stream(5, 'blank');
  const { x, ...others } = pictures(count, cells, classes);
  return { ...others, x: (x as Uint8Array).map((pixel) => (random.below(10) === 0 ? pixel : 0)) };
}

const CASES: readonly (readonly [string, TrainingSpec, Samples])[] = [
  [
    'two pooled convolutions and three dense layers',
    {
      config: model(
        [12, 12, 1],
        [conv(4, 3, relu), pool(), conv(3, 2, relu), pool(), ['Flatten', {}], head(8, 'relu'), head(5, 'softmax')],
      ),
      input: grey,
      loss: 'crossentropy',
    },
    pictures(6, 144, 5),
  ],
  [
    'a pooled convolution with padding and odd sizes on coloured pictures',
    {
      config: model([9, 11, 3], [conv(4, 3, { padding: 'same' }), pool(), ['Flatten', {}], head(3, 'softmax')]),
      input: pixels,
      loss: 'crossentropy',
    },
    pictures(5, 297, 3),
  ],
  [
    'a pool of 3 x 3, then one behind a convolution with strides',
    {
      config: model(
        [20, 20, 1],
        [
          conv(3, 3, relu),
          pool(3),
          conv(4, 3, { padding: 'same', strides: [2, 2], ...relu }),
          pool(3),
          ['Flatten', {}],
          head(1, 'sigmoid'),
        ],
      ),
      input: grey,
      loss: 'crossentropy',
    },
    pictures(4, 400, 2),
  ],
  [
    'pooled convolutions of many channels, on pictures that are blank but for a few pixels',
    {
      config: model(
        [13, 12, 1],
        [conv(9, 3, relu), pool(), conv(5, 2, { padding: 'same' }), pool(3), ['Flatten', {}], head(3, 'softmax')],
      ),
      input: grey,
      loss: 'crossentropy',
    },
    blankPictures(5, 156, 3),
  ],
  [
    'pools of one cell, and of more cells one way than the other',
    {
      config: model(
        [9, 10, 2],
        [
          conv(8, 3, relu),
          ['MaxPooling2D', { pool_size: [1, 1] }],
          conv(4, 2, { use_bias: false, ...relu }),
          ['MaxPooling2D', { pool_size: [3, 2] }],
          ['Flatten', {}],
          head(2, 'softmax'),
        ],
      ),
      input: { kind: 'pixels', scale: [1 / 255, 1 / 99], offset: [0.5, -1] },
      loss: 'crossentropy',
    },
    pictures(4, 180, 2),
  ],
  [
    'normalisation, depthwise convolutions and global pooling',
    {
      config: model(
        [8, 8, 3],
        [
          conv(4, 3, { padding: 'same', use_bias: false }),
          ['BatchNormalization', {}],
          ['Activation', { activation: 'relu' }],
          ['DepthwiseConv2D', { kernel_size: [3, 3], strides: [2, 2], padding: 'same', use_bias: false }],
          ['BatchNormalization', {}],
          ['GlobalAveragePooling2D', {}],
          ['Dense', { units: 3 }],
          ['Softmax', { axis: -1 }],
        ],
      ),
      input: pixels,
      loss: 'crossentropy',
    },
    pictures(4, 192, 3),
  ],
  [
    'a regression',
    {
      config: model([4], [head(6, 'tanh'), head(2, 'linear')]),
      input: { kind: 'floats' },
      loss: 'mean_squared_error',
    },
    { count: 7, x: numbers(28, 1), y: numbers(14, 2) },
  ],
];

describe.each(CASES)('a training step of %s', (_, spec, batch) => {
  it('has the loss and the gradients of TensorFlow.js', async () => {
    const { compiled, run } = await openStep(spec);
    const answer = await run(batch, firstVectors(compiled));
    const reference = await referenceGradients(spec, compiled.parameters, batch);
    expect(Math.abs((answer.loss?.[0] as number) / reference.loss - 1)).toBeLessThan(1e-5);
    const gradient = (answer.next_m as Float32Array).map((value) => value * 10);
    expect(relativeDifference(gradient, reference.gradient)).toBeLessThanOrEqual(1e-4);
    for (const { key, offset, size } of compiled.parameters.trainable) {
      const part = (vector: Float32Array) => vector.slice(offset, offset + size);
      // Each weight by its own size: a small bias hides behind a large kernel.
      const difference = relativeDifference(part(gradient), part(reference.gradient));
      expect(difference, key).toBeLessThanOrEqual(2e-4);
    }
  });
});

describe('a training step', () => {
  it('of pooled convolutions is the same with channels first', async () => {
    const answers = [];
    for (const data_format of ['channels_last', 'channels_first'] as const) {
      const [height, width, channels] = [10, 9, 3];
      const last = data_format === 'channels_last';
      const layers = [
        conv(8, 3, { data_format, padding: 'same', ...relu }),
        ['MaxPooling2D', { data_format }] as const,
        conv(4, 2, { data_format }),
        ['MaxPooling2D', { data_format }] as const,
        ['GlobalAveragePooling2D', { data_format }] as const,
        head(3, 'softmax'),
      ];
      const config = model(last ? [height, width, channels] : [channels, height, width], layers);
      const { compiled, run } = await openStep({ config, input: { kind: 'floats' }, loss: 'crossentropy' });
      const x = Float32Array.from({ length: 2 * 270 }, (_, i) => {
        const [cell, channel] = last
          ? [Math.floor((i % 270) / 3), i % 3]
          : [(i % 270) % 90, Math.floor((i % 270) / 90)];
        return Math.sin(i < 270 ? cell * 3 + channel : cell * 7 + channel * 11);
      });
      const answer = await run({ count: 2, x, y: Int32Array.of(0, 2) }, firstVectors(compiled));
      answers.push(answer.next_m as Float32Array);
    }
    const [last, first] = answers as [Float32Array, Float32Array];
    expect(Math.max(...last.map(Math.abs))).toBeGreaterThan(1e-4);
    expect(relativeDifference(first, last)).toBeLessThanOrEqual(1e-5);
  });

  const [, spec, batch] = CASES[0] as (typeof CASES)[number];

  it("moves weights as Keras's Adam does", async () => {
    const { compiled, run } = await openStep(spec);
    let vectors = firstVectors(compiled);
    for (const step of [1, 2, 3]) {
      const before = vectors;
      const answer = await run(batch, vectors, { learningRate: 0.01, step });
      vectors = { weights: answer.next_weights, m: answer.next_m, v: answer.next_v } as typeof vectors;
      const rate = (0.01 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
      const { weights, m, v } = vectors as Record<'weights' | 'm' | 'v', Float32Array>;
      const moved = weights.map((weight, i) => weight - (before.weights?.[i] as number));
      const wanted = m.map((mean, i) => (-rate * mean) / (Math.sqrt(v[i] as number) + 1e-7));
      expect(relativeDifference(moved, wanted)).toBeLessThan(1e-4);
    }
  });

  it('takes a batch of any size, and means over that', async () => {
    const { compiled, run } = await openStep(spec);
    const vectors = firstVectors(compiled);
    const one = { count: 1, x: batch.x.slice(0, 144), y: batch.y.slice(0, 1) };
    const twice = { count: 2, x: Uint8Array.from([...one.x, ...one.x]), y: Int32Array.from([...one.y, ...one.y]) };
    const [single, double] = [await run(one, vectors), await run(twice, vectors)];
    expect(double.loss?.[0]).toBeCloseTo(single.loss?.[0] as number, 5);
    expect(relativeDifference(double.next_m as Float32Array, single.next_m as Float32Array)).toBeLessThan(1e-5);
  });

  it('gives the gradient of equal cells of a pool once', async () => {
    // Plain pictures: all cells of a window are equal, and their patches too.
    const plain = { count: 6, x: new Uint8Array(6 * 144).fill(200), y: batch.y };
    const { compiled, run } = await openStep(spec);
    const answer = await run(plain, firstVectors(compiled));
    const reference = await referenceGradients(spec, compiled.parameters, plain);
    const gradient = (answer.next_m as Float32Array).map((value) => value * 10);
    expect(relativeDifference(gradient, reference.gradient)).toBeLessThanOrEqual(1e-4);
  });

  it('counts right answers', async () => {
    const { compiled, run } = await openStep(spec);
    const vectors = firstVectors(compiled);
    // A bias that only the third class has.
    const bias = compiled.parameters.trainable.at(-1) as { offset: number };
    vectors.weights?.fill(0);
    vectors.weights?.fill(5, bias.offset + 2, bias.offset + 3);
    const answer = await run(batch, vectors);
    expect(answer.measure?.[0]).toBe([...batch.y].filter((wanted) => wanted === 2).length);
  });

  it('drops out as many as asked, and nothing in the evaluation', async () => {
    const dropping = {
      ...spec,
      config: model([12, 12, 1], [['Flatten', {}], ['Dropout', { rate: 0.4 }], head(5, 'softmax')]),
    };
    const { compiled, run } = await openStep(dropping);
    expect(compiled.randoms).toEqual([{ name: 'random_0', shape: [null, 144] }]);
    const vectors = firstVectors(compiled);
    const losses = await Promise.all(
      [0.39, 0.41].map(async (random) => (await run(batch, vectors, { random })).loss?.[0]),
    );
    // Everything dropped: five equal shares. Nothing dropped: something else.
    expect(losses[0]).toBeCloseTo(Math.log(5), 5);
    expect(losses[1]).not.toBeCloseTo(Math.log(5), 3);
  });

  it('leaves a frozen beginning as it is', async () => {
    const frozen = model(
      [12, 12, 1],
      [
        conv(2, 3, { trainable: false }),
        ['BatchNormalization', { trainable: false }],
        ['Flatten', {}],
        head(5, 'softmax'),
      ],
    );
    const { compiled, run } = await openStep({ ...spec, config: frozen });
    expect(compiled.parameters.trainable.map(({ key }) => key)).toEqual(['dense/kernel', 'dense/bias']);
    const answer = await run(batch, firstVectors(compiled));
    expect(Object.keys(answer)).not.toContain('next_fixed');
    expect((answer.next_m as Float32Array).some((value) => value !== 0)).toBe(true);
  });
});

describe('compileTraining', () => {
  const compile = (entries: Parameters<typeof model>[1], loss: TrainingSpec['loss'] = 'crossentropy') =>
    compileTraining({ config: model([12, 12, 1], entries), input: grey, loss });

  it('gives the same bytes for the same config', () => {
    const [, spec] = CASES[0] as (typeof CASES)[number];
    expect(Buffer.from(compileTraining(spec).step).equals(compileTraining(spec).step)).toBe(true);
  });

  it('names what it cannot train', () => {
    const flat = ['Flatten', {}] as const;
    expect(() =>
      compile([flat, ['Dense', { units: 2, activation: 'softmax', kernel_regularizer: { class_name: 'L2' } }]]),
    ).toThrow(/"dense" \(Dense\): option kernel_regularizer/);
    expect(() => compile([flat, head(2, 'relu')])).toThrow(/softmax, or sigmoid with one output/);
    expect(() => compile([flat, head(2, 'sigmoid')])).toThrow(/softmax, or sigmoid with one output/);
    expect(() => compile([pool(3), pool(3), pool(3), flat, head(2, 'softmax')])).toThrow(
      /a larger input.*received "1 x 1 x 1"/,
    );
    expect(() => compile([conv(2, 3), ['BatchNormalization', { trainable: false }], flat, head(2, 'softmax')])).toThrow(
      /statistics that are not trained, behind layers that are/,
    );
  });
});
