import { fromBinary } from '@bufbuild/protobuf';
import { createEngine, type Manifest, parseManifest } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../scripts/convert/freeze.ts';
import type { FreezeOptions } from '../../../scripts/frozen/options.ts';
import { ModelProtoSchema } from '../../../scripts/onnx/schema/onnx_pb.ts';
import { LABELS, PICTURE_INPUT, PICTURE_OPTIONS, PRICE_OPTIONS, pictureModel, pictures, priceModel } from './frozen.ts';
import { numbers, sequentialModel, withSeededWeights } from './harness.ts';

function operators(onnx: Uint8Array): string[] {
  return fromBinary(ModelProtoSchema, onnx).graph?.node.map(({ opType }) => opType) ?? [];
}

function valid(manifest: Pick<Manifest, 'task' | 'input' | 'output'>) {
  const rest = { formatVersion: 1, precision: 'float32', metrics: {}, provenance: {} };
  const stored = { name: 'model', version: '1', files: { 'model.onnx': { sha256: '0'.repeat(64), bytes: 1 } } };
  return parseManifest({ ...manifest, ...rest, ...stored });
}

describe('freezeModel', () => {
  it('leaves nothing of training: no dropout, no normalisation, no scaling, one transpose', () => {
    const { onnx } = freezeModel(pictureModel(), PICTURE_OPTIONS);
    expect(operators(onnx)).toEqual([
      'Cast',
      'Transpose',
      'Conv',
      'Relu',
      'MaxPool',
      'ReduceMean',
      'Gemm',
      'Softmax',
      'Identity',
    ]);
  });

  it('takes bytes, any number of pictures at once, and has stable names', async () => {
    const { onnx, manifest } = freezeModel(pictureModel(), PICTURE_OPTIONS);
    const engine = await createEngine(onnx);
    expect(engine.inputs).toEqual([{ name: 'picture', datatype: 'UINT8', shape: [null, 8, 7, 3] }]);
    expect(engine.outputs).toEqual([{ name: 'probabilities', datatype: 'FP32', shape: [null, 3] }]);
    for (const count of [1, 5]) {
      expect((await engine.run(pictures(count))).probabilities?.shape).toEqual([count, 3]);
    }
    await engine.close();
    expect(valid(manifest)).toMatchObject({
      task: 'classification',
      input: { kind: 'picture', name: 'picture', height: 8, width: 7, channels: 3, datatype: 'UINT8' },
      output: { kind: 'classification', name: 'probabilities', labels: LABELS, activation: 'softmax' },
    });
  });

  it('takes features in their own units and answers in dollars', async () => {
    const { onnx, manifest } = freezeModel(priceModel(), PRICE_OPTIONS);
    const engine = await createEngine(onnx);
    const feeds = { features: { datatype: 'FP32', shape: [2, 2], data: new Float32Array([40, 1, 240, 9]) } } as const;
    const { value } = await engine.run(feeds);
    await engine.close();
    // The smallest house is all zeros to the model, the largest all ones.
    const [small, large] = [forward(priceModel(), [0, 0]), forward(priceModel(), [1, 1])];
    expect(value?.data[0]).toBeCloseTo(small * 800_000 + 50_000, 0);
    expect(value?.data[1]).toBeCloseTo(large * 800_000 + 50_000, 0);
    expect(valid(manifest)).toMatchObject({
      input: { kind: 'tensors', features: [{ name: 'area', unit: 'm²' }, { name: 'rooms' }] },
      output: { kind: 'regression', name: 'value', values: [{ name: 'price', unit: 'dollars' }] },
    });
  });

  it('is the same, byte for byte, for the same model', () => {
    const [a, b] = [freezeModel(pictureModel(), PICTURE_OPTIONS), freezeModel(pictureModel(), PICTURE_OPTIONS)];
    expect(Buffer.compare(a.onnx, b.onnx)).toBe(0);
  });

  it('keeps the names of tensors that nobody described', async () => {
    const { onnx, manifest } = freezeModel(priceModel(), { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
    expect(valid(manifest)).toMatchObject({
      input: { tensors: [{ name: 'in_0', shape: [null, 2], datatype: 'FP32' }] },
      output: { tensors: [{ name: 'dense_1', shape: [null, 1], datatype: 'FP32' }] },
    });
    expect(onnx.length).toBeGreaterThan(0);
  });

  it('stores the weights of a layer that is called twice once', () => {
    const call = (from: string, number: number) => [[from, number, 0, {}]];
    const layers = [
      { class_name: 'InputLayer', name: 'a', config: { name: 'a', batch_input_shape: [null, 3] }, inbound_nodes: [] },
      { class_name: 'Dense', name: 'd', config: { name: 'd', units: 3 }, inbound_nodes: [call('a', 0), call('d', 0)] },
    ];
    const ends = { input_layers: [['a', 0, 0]], output_layers: [['d', 1, 0]] };
    const model = withSeededWeights({ class_name: 'Functional', config: { name: 'm', layers, ...ends } }, 1);
    const { onnx } = freezeModel(model, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
    expect(operators(onnx).filter((type) => type === 'Gemm')).toHaveLength(2);
    expect(fromBinary(ModelProtoSchema, onnx).graph?.initializer.map(({ name }) => name)).toEqual([
      'd/kernel',
      'd/bias',
    ]);
  });

  it('survives layers that are named after operators', async () => {
    const dense = { class_name: 'Dense', config: { name: 'Gemm', units: 2 } };
    const start = { class_name: 'InputLayer', config: { name: 'Identity', batch_input_shape: [null, 3] } };
    const config = { class_name: 'Sequential', config: { name: 'm', layers: [start, dense] } };
    const { onnx } = freezeModel(withSeededWeights(config, 1), {
      input: { kind: 'tensors' },
      output: { kind: 'tensors' },
    });
    const engine = await createEngine(onnx);
    expect(engine.outputs.map(({ name }) => name)).toEqual(['Gemm']);
    const data = numbers(3, 1);
    expect((await engine.run({ Identity: { datatype: 'FP32', shape: [1, 3], data } })).Gemm?.shape).toEqual([1, 2]);
    await engine.close();
  });

  const wrong: [string, FreezeOptions][] = [
    ['another picture size', { ...PICTURE_OPTIONS, input: { ...PICTURE_INPUT, height: 9 } }],
    ['too few labels', { ...PICTURE_OPTIONS, output: { kind: 'classification', labels: ['a', 'b'] } }],
    ['features for a picture', { ...PICTURE_OPTIONS, input: PRICE_OPTIONS.input }],
  ];
  it.each(wrong)('refuses %s', (_, options) => {
    expect(() => freezeModel(pictureModel(), options)).toThrow(expect.objectContaining({ code: 'freeze-mismatch' }));
  });

  it('names every weight that is missing or of another shape', () => {
    const model = pictureModel();
    const weights = new Map(model.weights);
    weights.delete('conv2d_0/kernel');
    weights.set('dense_6/bias', { shape: [2], data: new Float32Array(2) });
    expect(() => freezeModel({ ...model, weights }, PICTURE_OPTIONS)).toThrow(
      expect.objectContaining({
        code: 'bad-weights',
        message: expect.stringMatching(/conv2d_0\/kernel.*\n.*dense_6\/bias/),
      }),
    );
  });

  it('says which activation the answer has had', () => {
    const activationOf = (layers: Parameters<typeof sequentialModel>[1]) => {
      const model = withSeededWeights(sequentialModel([4], layers), 1);
      const labels = ['no', 'yes'];
      const { manifest } = freezeModel(model, {
        input: { kind: 'tensors' },
        output: { kind: 'classification', labels },
      });
      return manifest.output.kind === 'classification' && manifest.output.activation;
    };
    expect(activationOf([['Dense', { units: 1, activation: 'sigmoid' }]])).toBe('sigmoid');
    expect(activationOf([['Dense', { units: 2 }]])).toBe('none');
    expect(
      activationOf([
        ['Dense', { units: 2 }],
        ['Softmax', {}],
      ]),
    ).toBe('softmax');
    expect(
      activationOf([
        ['Dense', { units: 2 }],
        ['Activation', { activation: 'softmax' }],
        ['Dropout', { rate: 0.5 }],
      ]),
    ).toBe('softmax');
  });
});

/** The price model by hand. */
function forward({ weights }: ReturnType<typeof priceModel>, x: readonly number[]): number {
  const layer = (name: string, input: readonly number[]) => {
    const kernel = weights.get(`${name}/kernel`);
    const bias = weights.get(`${name}/bias`);
    return Array.from(bias?.data ?? [], (b, o) =>
      input.reduce((sum, value, i) => sum + value * (kernel?.data[i * (bias?.data.length ?? 0) + o] ?? 0), b),
    );
  };
  return (
    layer(
      'dense_1',
      layer('dense_0', x).map((value) => Math.max(0, value)),
    )[0] ?? Number.NaN
  );
}
