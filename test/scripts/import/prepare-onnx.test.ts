import { createEngine, type Engine, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { numbered } from '../../../scripts/frozen/options.ts';
import { prepareOnnx } from '../../../scripts/import/prepare-onnx.ts';
import type { ModelChoices, PreparedModel } from '../../../scripts/import/prepared.ts';
import { TensorProto_DataType } from '../../../scripts/onnx/index.ts';
import { changed, pictureModel, tableModel } from '../onnx/models.ts';

const prepare = (onnx: Uint8Array, choices: Partial<ModelChoices> = {}): Promise<PreparedModel> =>
  prepareOnnx({ kind: 'onnx', format: 'onnx', onnx, notes: [] }, { pictures: {}, allowNonfinite: false, ...choices });

async function using<T>(onnx: Uint8Array, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await createEngine(onnx);
  return work(engine).finally(() => engine.close());
}

/** What the file itself answers to one picture, prepared by hand. */
async function byHand(onnx: Uint8Array, pixels: Uint8Array, first: boolean): Promise<number[]> {
  const data = new Float32Array(768);
  for (let i = 0; i < 256; i++) {
    for (let c = 0; c < 3; c++) data[first ? c * 256 + i : i * 3 + c] = (pixels[i * 3 + c] as number) / 127.5 - 1;
  }
  const shape = first ? [1, 3, 16, 16] : [1, 16, 16, 3];
  const answer = await using(onnx, (engine) => engine.run({ pixel_values: { datatype: 'FP32', shape, data } }));
  return Array.from((answer.scores as TensorData).data, Number);
}

const pixels = Uint8Array.from({ length: 768 }, (_, i) => (i * 37) % 256);

describe('prepareOnnx', () => {
  it.each(['channels-first', 'channels-last'] as const)('takes bytes for a picture with %s', async (order) => {
    const onnx = pictureModel({ order });
    const prepared = await prepare(onnx, { pictures: { preprocess: 'tf' }, labels: ['a', 'b', 'c', 'd'] });
    expect(prepared.manifest.input).toMatchObject({
      kind: 'picture',
      name: 'picture',
      height: 16,
      width: 16,
      channels: 3,
    });
    expect(prepared.manifest.output).toMatchObject({ kind: 'classification', name: 'scores', activation: 'softmax' });
    expect(prepared.verification).toMatchObject({ batches: [1, 3] });
    const feeds: Record<string, TensorData> = { picture: { datatype: 'UINT8', shape: [1, 16, 16, 3], data: pixels } };
    const { scores } = await using(prepared.onnx, (engine) => engine.run(feeds));
    const wanted = await byHand(onnx, pixels, order === 'channels-first');
    for (const [i, value] of wanted.entries()) expect(Number(scores?.data[i])).toBeCloseTo(value, 5);
  });

  it('frees a batch that the export fixed at 1, constant shapes too', async () => {
    const prepared = await prepare(pictureModel({ batch: 1, constantShape: true }));
    expect(prepared.verification.batches).toEqual([1, 3]);
    expect(prepared.notes.join(' ')).toContain('is free now');
    await using(prepared.onnx, async ({ inputs }) => expect(inputs[0]?.shape).toEqual([null, 16, 16, 3]));
  });

  it('leaves a batch fixed that cannot be freed, and says so', async () => {
    const prepared = await prepare(pictureModel({ batch: 1, mixes: true }));
    expect(prepared.verification.batches).toEqual([1]);
    expect(prepared.notes.join(' ')).toContain('fixed at 1');
  });

  it('says where the answer to a picture depends on those beside it', async () => {
    const says = async (onnx: Uint8Array) => (await prepare(onnx)).notes.join(' ').includes('depends on the others');
    // Numbers are shown in steps that go by the largest of the whole batch.
    expect(await says(pictureModel({ last: 'none', dynamic: true }))).toBe(true);
    expect(await says(pictureModel({ last: 'none' }))).toBe(false);
  });

  it('says that a batch of several fits no pictures, and takes it for tensors', async () => {
    const onnx = pictureModel({ batch: 4 });
    await expect(prepare(onnx)).rejects.toMatchObject({
      code: 'option-mismatch',
      message: 'Expected a batch of 1, or of any size for a model of pictures but received 4',
    });
    const { verification } = await prepare(onnx, { pictures: { preprocess: 'none' } });
    expect(verification.batches).toEqual([4]);
  });

  it('takes numbers without softmax for logits', async () => {
    const { manifest } = await prepare(pictureModel({ last: 'none' }));
    expect(manifest.output).toMatchObject({ kind: 'classification', activation: 'none' });
  });

  it('puts a sigmoid behind the numbers of independent labels, but not where tensors are asked for', async () => {
    const model = { kind: 'onnx', format: 'onnx', onnx: pictureModel({ last: 'none' }), notes: [] } as const;
    const pictures = { preprocess: 'tf' } as const;
    const prepared = await prepareOnnx({ ...model, independent: true }, { pictures, allowNonfinite: false });
    expect(prepared.manifest.output).toMatchObject({ kind: 'classification', activation: 'sigmoid' });
    const feeds: Record<string, TensorData> = { picture: { datatype: 'UINT8', shape: [1, 16, 16, 3], data: pixels } };
    const { scores } = await using(prepared.onnx, (engine) => engine.run(feeds));
    const logits = await byHand(model.onnx, pixels, true);
    for (const [i, logit] of logits.entries())
      expect(Number(scores?.data[i])).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    const tensors = { pictures, allowNonfinite: false, task: 'tensors' } as const;
    const plain = await using((await prepareOnnx({ ...model, independent: true }, tensors)).onnx, (engine) =>
      engine.run(feeds),
    );
    for (const [i, logit] of logits.entries()) expect(Number(plain.scores?.data[i])).toBeCloseTo(logit, 4);
  });

  it("compares given answers with the file's own numbers, in front of such a sigmoid", async () => {
    const onnx = pictureModel({ last: 'none' });
    const shape = [1, 3, 16, 16];
    const data = Array.from({ length: 3 * 16 * 16 }, (_, i) => (i % 17) / 17);
    const { scores } = await using(onnx, (engine) =>
      engine.run({ [engine.inputs[0]?.name ?? '']: { datatype: 'FP32', shape, data: Float32Array.from(data) } }),
    );
    const output = { shape: [...(scores?.shape ?? [])], data: Array.from(scores?.data as Float32Array) };
    const { verification, manifest } = await prepareOnnx(
      { kind: 'onnx', format: 'onnx', onnx, notes: [], independent: true },
      { pictures: {}, allowNonfinite: false, expectation: { inputs: [{ shape, data }], outputs: [output] } },
    );
    expect(verification.expected?.maxDifference).toBeLessThan(1e-5);
    expect(manifest.output).toMatchObject({ activation: 'sigmoid' });
  });

  it('takes a hard sigmoid for probabilities', async () => {
    const { manifest } = await prepare(pictureModel({ last: 'HardSigmoid' }));
    expect(manifest.output).toMatchObject({ kind: 'classification', activation: 'sigmoid' });
  });

  it.each([
    ['Softmax', 'softmax'],
    ['HardSigmoid', 'sigmoid'],
  ] as const)('looks through the rounding to eight bits for a %s', async (last, activation) => {
    const { manifest } = await prepare(pictureModel({ last, rounded: true }));
    expect(manifest.output).toMatchObject({ kind: 'classification', activation });
  });

  it.each([1, null])('takes a softmax that is written out for probabilities, with a batch of %s', async (batch) => {
    const { manifest, notes } = await prepare(pictureModel({ last: 'powers', batch }));
    expect(manifest.output).toMatchObject({ kind: 'classification', activation: 'softmax' });
    expect(notes).toContain('The numbers of each answer scores add up to 1: they are probabilities already.');
  });

  it('keeps tensors as they are where that is wanted', async () => {
    const onnx = pictureModel();
    const { manifest } = await prepare(onnx, { pictures: { preprocess: 'none' }, task: 'tensors' });
    expect(manifest.input).toEqual({
      kind: 'tensors',
      tensors: [{ name: 'pixel_values', shape: [null, 3, 16, 16], datatype: 'FP32' }],
    });
    expect(manifest.output).toEqual({
      kind: 'tensors',
      tensors: [{ name: 'scores', shape: [null, 4], datatype: 'FP32' }],
    });
  });

  it('scales features and answers in their own units', async () => {
    const features = [
      { name: 'a', min: 0, max: 10 },
      { name: 'b', min: -1, max: 1 },
      { name: 'c', min: 5, max: 7 },
    ];
    const values = [{ name: 'price', unit: 'USD', min: 1000, max: 3000 }];
    const { onnx, manifest } = await prepare(tableModel(), { features, values });
    expect(manifest).toMatchObject({ task: 'regression', output: { values: [{ name: 'price', unit: 'USD' }] } });
    const name = manifest.input.kind === 'tensors' ? (manifest.input.tensors[0]?.name ?? '') : '';
    const data = new Float32Array([5, 0, 7]);
    const { y } = await using(onnx, (engine) => engine.run({ [name]: { datatype: 'FP32', shape: [1, 3], data } }));
    // Scaled 0.5, 0.5, 1: 0.25 - 0.125 + 1 = 1.125, of 2000 dollars from 1000 on.
    expect(Number(y?.data[0])).toBeCloseTo(3250, 2);
  });

  it('cuts features that the scaler cut', async () => {
    const features = ['a', 'b', 'c'].map((name) => ({ name, min: 0, max: 1, clip: [0, 1] as const }));
    const { onnx, manifest } = await prepare(tableModel(), { features });
    const name = manifest.input.kind === 'tensors' ? (manifest.input.tensors[0]?.name ?? '') : '';
    const data = new Float32Array([7, -7, 0.5]);
    const { y } = await using(onnx, (engine) => engine.run({ [name]: { datatype: 'FP32', shape: [1, 3], data } }));
    expect(Number(y?.data[0])).toBeCloseTo(1, 6);
  });

  it('says which operator and type onnxruntime lacks', async () => {
    const onnx = changed(pictureModel(), ({ graph }) => {
      for (const tensor of graph?.initializer ?? []) {
        if (tensor.dataType !== TensorProto_DataType.FLOAT) continue;
        tensor.dataType = TensorProto_DataType.BFLOAT16;
        tensor.rawData = tensor.rawData.slice(0, tensor.rawData.length / 2);
      }
      for (const { type } of [...(graph?.input ?? []), ...(graph?.output ?? [])])
        if (type?.value.case === 'tensorType') type.value.value.elemType = TensorProto_DataType.BFLOAT16;
    });
    await expect(prepare(onnx)).rejects.toMatchObject({
      code: 'model-unreadable',
      message: expect.stringMatching(/tensor\(bfloat16\).*Conv/),
      remedy: expect.stringContaining('float32'),
    });
  });

  it('refuses NaN weights by name', async () => {
    const onnx = changed(pictureModel(), ({ graph }) => {
      const kernel = graph?.initializer.find(({ name }) => name === 'kernel');
      if (kernel) kernel.rawData = Uint8Array.from(kernel.rawData).fill(0xff, 0, 4);
    });
    await expect(prepare(onnx)).rejects.toMatchObject({ code: 'nonfinite-weights', details: { weights: ['kernel'] } });
  });

  it('refuses names that do not fit', async () => {
    await expect(prepare(tableModel(), { values: numbered(2) })).rejects.toMatchObject({ code: 'option-mismatch' });
  });
});
