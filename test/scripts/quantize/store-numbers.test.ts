import { createEngine, type ManifestDraft, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type GraphProto, parseOnnx } from '../../../scripts/onnx/index.ts';
import { storeNumbers, storeWeightsSmall } from '../../../scripts/quantize/index.ts';
import { mulberry32 } from '../../../scripts/system/index.ts';
import { noise, noisePictures, randomNet } from './random-net.ts';

const manifest = {
  task: 'classification',
  input: { kind: 'picture' },
  output: { kind: 'classification', name: 'probabilities', labels: ['a', 'b', 'c', 'd'], activation: 'softmax' },
} as unknown as Pick<ManifestDraft, 'task' | 'input' | 'output'>;

/** A net of matrix products: weights with their outputs last, first, and of a MatMul. */
function products(scale = 1): Uint8Array {
  const graph = new GraphBuilder();
  const random = mulberry32(4);
  const weights = (name: string, dims: readonly number[]) =>
    graph.weight(
      name,
      dims,
      Float32Array.from({ length: (dims[0] as number) * (dims[1] as number) }, () => (random() - 0.5) * 0.1 * scale),
    );
  graph.input('picture', 'uint8', [null, 12, 12, 3]);
  const flat = graph.op('Flatten', [graph.op('Mul', [graph.op('Cast', ['picture'], { to: 1 }), graph.float(1 / 255)])]);
  const first = graph.op('Relu', [graph.op('Gemm', [flat, weights('first', [432, 40])])]);
  const second = graph.op('Relu', [graph.op('Gemm', [first, weights('second', [30, 40])], { transB: 1 })]);
  const third = graph.op('MatMul', [second, weights('third', [30, 40])]);
  const logits = graph.op('MatMul', [third, weights('fourth', [40, 4])]);
  graph.node('Softmax', [logits], ['probabilities'], { axis: 1 });
  graph.output('probabilities', 'float32', [null, 4]);
  return graph.build();
}

async function answer(onnx: Uint8Array, seed: number): Promise<Float32Array> {
  const engine = await createEngine(onnx);
  const { probabilities } = await engine.run(noise(seed));
  await engine.close();
  return (probabilities as TensorData).data as Float32Array;
}

describe('weights of bytes', () => {
  it('are a quarter, and answer nearly the same', async () => {
    const onnx = products();
    const stored = await storeNumbers({ weights: 'int8' }, { onnx, manifest, pictures: noisePictures(40) });
    expect(stored.precision).toBe('float32');
    expect(stored.onnx.length).toBeLessThan(onnx.length * 0.4);
    expect(stored.notes[0]).toMatch(/^Its weights are bytes: 2\d\.\d kB instead of 8\d\.\d kB, /);
    expect(stored.figures.weights).toMatchObject({ kept: 'int8', count: 40, agreement: 1 });
    for (const seed of [201, 202, 203]) {
      const [own, other] = [await answer(onnx, seed), await answer(stored.onnx, seed)];
      for (const [i, value] of own.entries()) expect(Math.abs(value - (other[i] as number))).toBeLessThan(5e-3);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('stay floats where one of them is %d', (wrong) => {
    const graph = (parseOnnx(products()).graph ?? {}) as GraphProto;
    const [first, second] = graph.initializer.filter(({ dims }) => dims.length === 2);
    const kept = Float32Array.from([wrong, ...new Float32Array(17_279).fill(0.1)]);
    Object.assign(first as object, { rawData: new Uint8Array(kept.buffer) });
    storeWeightsSmall(graph);
    const names = graph.initializer.map(({ name }) => name);
    expect(names).toContain(first?.name);
    expect(names).not.toContain(second?.name);
  });

  it('are not stored twice, nor where int8 was chosen', async () => {
    const request = { onnx: products(), manifest, pictures: noisePictures(40) };
    const { onnx } = await storeNumbers({ weights: 'int8' }, request);
    const again = storeNumbers({ weights: 'int8' }, { ...request, onnx });
    await expect(again).rejects.toMatchObject({ code: 'precision-not-possible' });
    const both = await storeNumbers(
      { precision: 'int8', weights: 'int8' },
      { ...request, onnx: randomNet(['conv'], 1) },
    );
    expect(both.precision).toBe('int8');
    expect(both.figures.weights).toBeUndefined();
  });

  it('need pictures that can be read', async () => {
    const none = storeNumbers({ weights: 'int8' }, { onnx: products(), manifest, pictures: noisePictures(3) });
    await expect(none).rejects.toMatchObject({ code: 'calibration-unusable' });
  });

  it('are not judged by copies of a few pictures', async () => {
    const { read } = noisePictures(9);
    const pictures = { count: 40, label: () => undefined, read: (picture: number) => read(picture % 9) };
    for (const wanted of [{ weights: 'int8' }, { precision: 'int8' }, { precision: 'auto' }] as const) {
      const onnx = 'weights' in wanted ? products() : randomNet(['conv'], 1);
      await expect(storeNumbers(wanted, { onnx, manifest, pictures })).rejects.toMatchObject({
        code: 'calibration-unusable',
        message: expect.stringContaining('at least 10 different pictures'),
      });
    }
  });

  it('say how many pictures were left out', async () => {
    const { read } = noisePictures(40);
    const some = async (picture: number) => (picture % 8 === 3 ? undefined : read(picture === 2 ? 1 : picture));
    const pictures = { count: 40, label: () => undefined, read: some };
    const { notes, figures } = await storeNumbers({ weights: 'int8' }, { onnx: products(), manifest, pictures });
    expect(figures.weights).toMatchObject({ count: 34 });
    expect(notes.slice(-2)).toEqual([
      'Of 40 pictures for calibration some cannot be read: 5.',
      'Of 40 pictures for calibration some are copies of others: 1.',
    ]);
  });

  it.each([
    ['is gone', undefined],
    ['is another', 90],
  ])('stop where a picture %s since it was read first', async (_, instead) => {
    const reads = new Map<number, number>();
    const { read } = noisePictures(100);
    const changing = async (picture: number) => {
      const times = (reads.get(picture) ?? 0) + 1;
      reads.set(picture, times);
      if (picture !== 30 || times === 1) return read(picture);
      return instead === undefined ? undefined : read(instead);
    };
    const pictures = { count: 40, label: () => undefined, read: changing };
    await expect(storeNumbers({ weights: 'int8' }, { onnx: products(), manifest, pictures })).rejects.toMatchObject({
      code: 'calibration-unusable',
      message: expect.stringContaining('changed or went away'),
    });
  });
});
