import { toBinary } from '@bufbuild/protobuf';
import type { ManifestDraft } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, ModelProtoSchema, parseOnnx } from '../../../scripts/onnx/index.ts';
import { choosePrecision } from '../../../scripts/quantize/choose-precision.ts';
import { mulberry32 } from '../../../scripts/system/index.ts';
import { type Block, noisePictures, randomNet } from './random-net.ts';

const picture = {
  height: 12,
  width: 12,
  channels: 3,
  colour: 'rgb',
  resize: 'stretch',
  crop: 1,
  kernel: 'linear',
} as const;
const manifest: Pick<ManifestDraft, 'task' | 'input' | 'output'> = {
  task: 'classification',
  input: { kind: 'picture', name: 'picture', ...picture, invert: false, datatype: 'UINT8' },
  output: { kind: 'classification', name: 'probabilities', labels: ['a', 'b', 'c', 'd'], activation: 'softmax' },
};
const request = (wanted: 'int8' | 'auto', blocks: readonly Block[] = ['conv']) => ({
  wanted,
  onnx: randomNet(blocks, 1),
  manifest,
  pictures: noisePictures(60),
});

/** A net of operators that are the same in all operator sets from 7 on, but for an enlargement. */
function early(opset: number, enlarged = false): Uint8Array {
  const graph = new GraphBuilder();
  const random = mulberry32(9);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random() * 2 - 1);
  graph.input('picture', 'uint8', [null, 12, 12, 3]);
  const floats = graph.op('Transpose', [graph.op('Cast', ['picture'], { to: 1 })], { perm: [0, 3, 1, 2] });
  const scaled = graph.op('Mul', [floats, graph.float(1 / 255)]);
  const first = graph.op('Relu', [graph.op('Conv', [scaled, graph.weight('kernel', [6, 3, 3, 3], numbers(162))])]);
  const twice = { mode: 'nearest', scales: { floats: [1, 1, 2, 2] } };
  const value = enlarged ? graph.op('Upsample', [first], twice) : first;
  const second = graph.op('Conv', [value, graph.weight('kernel', [6, 6, 3, 3], numbers(324))]);
  const mean = graph.op('Flatten', [graph.op('GlobalAveragePool', [second])]);
  const head = graph.op('Gemm', [
    mean,
    graph.weight('head', [6, 4], numbers(24)),
    graph.weight('bias', [4], numbers(4)),
  ]);
  graph.node('Softmax', [head], ['probabilities'], { axis: 1 });
  graph.output('probabilities', 'float32', [null, 4]);
  const model = parseOnnx(graph.build());
  for (const one of model.opsetImport) one.version = BigInt(opset);
  return toBinary(ModelProtoSchema, model);
}

/** Whether a picture is brighter than the middle. */
function brightness(): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('picture', 'uint8', [null, 12, 12, 3]);
  const floats = graph.op('Transpose', [graph.op('Cast', ['picture'], { to: 1 })], { perm: [0, 3, 1, 2] });
  const kernel = graph.weight('kernel', [1, 3, 1, 1], new Float32Array(3).fill(1 / 3));
  const more = graph.weight('kernel', [1, 1, 1, 1], new Float32Array(1).fill(1));
  const grey = graph.op('Conv', [graph.op('Relu', [graph.op('Conv', [floats, kernel])]), more]);
  const mean = graph.op('ReduceMean', [grey, graph.ints([2, 3])], { keepdims: 0 });
  const weights = graph.weight('head', [1, 4], Float32Array.from([-1, 1, 0, 0]));
  const bias = graph.weight('bias', [4], Float32Array.from([127.5, -127.5, -1000, -1000]));
  graph.node('Softmax', [graph.op('Gemm', [mean, weights, bias])], ['probabilities'], { axis: 1 });
  graph.output('probabilities', 'float32', [null, 4]);
  return graph.build();
}

function flat(grey: number) {
  const data = new Uint8Array(12 * 12 * 3).fill(grey);
  return { picture: { datatype: 'UINT8' as const, shape: [1, 12, 12, 3], data } };
}

describe('the precision of a model', () => {
  it('is int8 where its answers hold, with what was measured', async () => {
    const { precision, figures, notes, onnx } = await choosePrecision(request('int8'));
    expect(precision).toBe('int8');
    expect(figures).toMatchObject({ wanted: 'int8', kept: 'int8', count: 60, judgedBy: 'cross-validated' });
    expect(notes[0]).toContain('of 60 pictures each judged by the ranges of others');
    expect(onnx).not.toEqual(request('int8').onnx);
  });

  it('comes with a warning where the pictures could show no difference', async () => {
    const read = async (i: number) => flat(150 + i);
    const pictures = { count: 60, label: () => undefined, read };
    const { notes, figures } = await choosePrecision({ ...request('int8'), onnx: brightness(), pictures });
    expect(figures).toMatchObject({ choices: 1, agreement: 1 });
    expect(notes.at(-1)).toMatch(/^Float gives all these pictures the same answer/);
    const mixed = await choosePrecision({
      ...request('int8'),
      onnx: brightness(),
      pictures: { ...pictures, read: async (i) => flat(i * 4) },
    });
    expect(mixed.figures).toMatchObject({ choices: 2 });
    expect(mixed.notes.join(' ')).not.toContain('the same answer');
  });

  it('is the same bytes and figures each time, but for the time', async () => {
    const [one, other] = [await choosePrecision(request('int8')), await choosePrecision(request('int8'))];
    expect(Buffer.compare(one.onnx, other.onnx)).toBe(0);
    expect({ ...one.figures, milliseconds: 0 }).toEqual({ ...other.figures, milliseconds: 0 });
  });

  it.each([7, 8, 9, 10, 12, 13])('is int8 of a graph of operator set %d', async (opset) => {
    const { precision } = await choosePrecision({ ...request('int8'), onnx: early(opset) });
    expect(precision).toBe('int8');
  });

  it('is not int8 of an early graph whose operators have become others', async () => {
    const asked = { ...request('int8'), onnx: early(8, true) };
    await expect(choosePrecision(asked)).rejects.toMatchObject({
      code: 'precision-not-possible',
      message: expect.stringContaining('operator set 10 or later (in which Upsample means something else)'),
    });
    expect(await choosePrecision({ ...asked, wanted: 'auto' })).toMatchObject({ precision: 'float32' });
  });

  it('is float32 with auto where numbers have no range', async () => {
    const graph = parseOnnx(randomNet(['conv'], 1));
    const bias = graph.graph?.initializer.find(({ name }) => name.startsWith('bias'));
    (bias as NonNullable<typeof bias>).rawData.fill(0xff);
    const asked = { ...request('auto'), onnx: toBinary(ModelProtoSchema, graph) };
    const { precision, notes } = await choosePrecision(asked);
    expect({ precision, notes }).toEqual({ precision: 'float32', notes: [expect.stringContaining('finite numbers')] });
    await expect(choosePrecision({ ...asked, wanted: 'int8' })).rejects.toMatchObject({
      code: 'precision-not-possible',
    });
  });

  it('is not int8 where the first choices are others', async () => {
    // Ranges of dark pictures say nothing of bright ones.
    const read = async (i: number) => flat(i < 64 ? 5 + (i % 10) : 60 + (i % 190));
    const pictures = { count: 264, judgeFrom: 64, label: () => undefined, read };
    const asked = { ...request('int8'), onnx: brightness(), pictures };
    await expect(choosePrecision(asked)).rejects.toMatchObject({
      code: 'precision-not-held',
      message: expect.stringMatching(/is that of float on \d+\.\d % of 200 pictures/),
      remedy: expect.stringContaining('--precision auto'),
    });
    const { precision, onnx, figures } = await choosePrecision({ ...asked, wanted: 'auto' });
    expect({ precision, same: Buffer.compare(onnx, asked.onnx) }).toEqual({ precision: 'float32', same: 0 });
    expect(figures).toMatchObject({ kept: 'float32', reason: expect.stringContaining('98.0 % is the least') });
  });

  it('stays float32 with auto, and fails with int8, where the model takes no pictures', async () => {
    const tensors = [{ name: 'x', shape: [null, 4], datatype: 'FP32' as const }];
    const table = { ...manifest, input: { kind: 'tensors' as const, tensors } };
    const { precision, notes } = await choosePrecision({ ...request('auto'), manifest: table });
    expect(precision).toBe('float32');
    expect(notes[0]).toMatch(/^It stays in float32: /);
    const failing = choosePrecision({ ...request('int8'), manifest: table });
    await expect(failing).rejects.toMatchObject({ code: 'precision-not-possible' });
  });

  it('is refused with too few pictures, and of a graph that is quantized already', async () => {
    const few = choosePrecision({ ...request('int8'), pictures: noisePictures(4) });
    await expect(few).rejects.toMatchObject({ code: 'calibration-unusable' });
    const { onnx } = await choosePrecision(request('int8'));
    const twice = choosePrecision({ ...request('int8'), onnx });
    await expect(twice).rejects.toMatchObject({ code: 'precision-not-possible' });
  });

  it('leaves out pictures that cannot be read', async () => {
    const pictures = noisePictures(60);
    const some = { ...pictures, read: async (i: number) => (i % 6 === 0 ? undefined : pictures.read(i)) };
    const { figures } = await choosePrecision({ ...request('int8'), pictures: some });
    expect(figures).toMatchObject({ count: 50 });
  });

  it('is not chosen once it was stopped', async () => {
    const failing = choosePrecision({ ...request('int8'), signal: AbortSignal.abort() });
    await expect(failing).rejects.toMatchObject({ code: 'interrupted' });
  });
});
