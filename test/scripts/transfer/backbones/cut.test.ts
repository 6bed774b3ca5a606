import { toBinary } from '@bufbuild/protobuf';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { ModelProtoSchema, parseOnnx } from '../../../../scripts/onnx/index.ts';
import { storeWeightsSmall } from '../../../../scripts/quantize/weights/small-weights.ts';
import { cutBackbone } from '../../../../scripts/transfer/backbones/cut.ts';

const CHANNELS = 64;

/** A convolution, a pool, and a head of `hidden` layers. */
function network({ pool = true, hidden = 0 } = {}): Uint8Array {
  const graph = new GraphBuilder();
  const picture = graph.input('picture', 'uint8', [null, 6, 6, 3]);
  const floats = graph.op('Transpose', [graph.op('Cast', [picture], { to: 1 })], { perm: [0, 3, 1, 2] });
  const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 101) / 5000 - 0.01);
  const kernel = graph.weight('kernel', [CHANNELS, 3, 3, 3], numbers(CHANNELS * 27));
  const map = graph.op('Relu', [graph.op('Conv', [floats, kernel], { kernel_shape: [3, 3] })]);
  let value = graph.op('Flatten', [pool ? graph.op('GlobalAveragePool', [map]) : map]);
  let width = pool ? CHANNELS : CHANNELS * 16;
  for (let i = 0; i < hidden; i++) {
    value = graph.op('Relu', [graph.op('Gemm', [value, graph.weight(`hidden_${i}`, [width, 5], numbers(width * 5))])]);
    width = 5;
  }
  const logits = graph.op('Gemm', [value, graph.weight('head', [width, 3], numbers(width * 3))]);
  graph.node('Softmax', [logits], ['probabilities'], { axis: 1 });
  graph.output('probabilities', 'float32', [null, 3]);
  return graph.build();
}

/** A convolution of 5 channels and 4 x 4 places, and an average of it before the head. */
function averaged(one: { axes: number[]; features: number; last?: boolean; attribute?: boolean }): Uint8Array {
  const { axes, features, last, attribute } = one;
  const graph = new GraphBuilder();
  const picture = graph.input('picture', 'uint8', [null, 6, 6, 3]);
  const floats = graph.op('Transpose', [graph.op('Cast', [picture], { to: 1 })], { perm: [0, 3, 1, 2] });
  const kernel = graph.weight('kernel', [5, 3, 3, 3], new Float32Array(135).fill(0.1));
  const map = graph.op('Relu', [graph.op('Conv', [floats, kernel], { kernel_shape: [3, 3] })]);
  const given = last ? graph.op('Transpose', [map], { perm: [0, 2, 3, 1] }) : map;
  const mean = attribute
    ? graph.op('ReduceMean', [given], { axes, keepdims: 0 })
    : graph.op('ReduceMean', [given, graph.ints(axes)], { keepdims: 0 });
  const flat = graph.op('Reshape', [mean, graph.ints([-1, features])]);
  graph.node('MatMul', [flat, graph.weight('head', [features, 3], new Float32Array(features * 3))], ['logits']);
  graph.output('logits', 'float32', [null, 3]);
  const file = graph.build();
  if (!attribute) return file;
  const model = parseOnnx(file);
  // The attribute was taken away by operator set 18.
  for (const set of model.opsetImport) set.version = 17n;
  return toBinary(ModelProtoSchema, model);
}

async function cut(file: Uint8Array, layer?: string, small = false) {
  const model = parseOnnx(file);
  const { map } = cutBackbone(model, layer);
  if (small && model.graph) storeWeightsSmall(model.graph);
  const engine = await createEngine(toBinary(ModelProtoSchema, model));
  const data = Uint8Array.from({ length: 108 }, (_, i) => (i * 37) % 256);
  const answer = await engine.run({ picture: { datatype: 'UINT8', shape: [1, 6, 6, 3], data } });
  await engine.close();
  const nodes = model.graph?.node.map(({ opType }) => opType) ?? [];
  const numbers = (name: string) => (answer[name]?.data ?? []) as Float32Array;
  return { map, nodes, features: numbers('features'), maps: numbers('map'), mapShape: answer.map?.shape };
}

describe('cutBackbone', () => {
  it('cuts behind the global pool, however many layers follow it', async () => {
    for (const hidden of [0, 2]) {
      const { map, nodes, features, maps, mapShape } = await cut(network({ hidden }));
      expect(map).toBe(true);
      expect(nodes).not.toContain('Gemm');
      expect(features.length).toBe(CHANNELS);
      expect(mapShape).toEqual([1, CHANNELS, 4, 4]);
      const mean = maps.subarray(0, 16).reduce((a, b) => a + b) / 16;
      expect(features[0]).toBeCloseTo(mean, 5);
    }
  });

  it('cuts in front of the last weights where nothing is pooled', async () => {
    const { map, features } = await cut(network({ pool: false, hidden: 1 }));
    expect(map).toBe(false);
    expect(features.length).toBe(5);
  });

  it('cuts behind the layer that is named', async () => {
    const { map, features } = await cut(network({ hidden: 1 }), 'Relu_2');
    expect([map, features.length]).toEqual([false, 5]);
    await expect(cut(network(), 'nothing')).rejects.toMatchObject({ code: 'backbone-not-usable' });
  });

  it.each([
    { axes: [2, 3], map: true, features: 5 },
    { axes: [-1, -2], map: true, features: 5 },
    { axes: [1, 2], last: true, map: true, features: 5 },
    { axes: [2, 3], attribute: true, map: true, features: 5 },
    // Over channels, one side of the picture, a side and the channels: what follows are the features.
    { axes: [1], map: false, features: 16 },
    { axes: [3], map: false, features: 20 },
    { axes: [1, 2], map: false, features: 4 },
    { axes: [2, 3], last: true, map: false, features: 4 },
  ])('takes a mean over axes $axes for the pool where they are all places (channels last: $last)', async (one) => {
    const answer = await cut(averaged(one));
    expect([answer.map, answer.features.length]).toEqual([one.map, one.features]);
    expect(answer.maps.length > 0).toBe(one.map);
  });

  it('refuses what has no features', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('picture', 'uint8', [null, 6, 6, 3]);
    graph.node('Cast', [x], ['y'], { to: 1 });
    graph.output('y', 'float32', [null, 6, 6, 3]);
    await expect(cut(graph.build())).rejects.toMatchObject({ code: 'backbone-not-usable' });
  });
});

describe('storeWeightsSmall', () => {
  it('answers nearly the same with a byte for each weight', async () => {
    const [whole, small] = [await cut(network()), await cut(network(), undefined, true)];
    const wanted = whole.features;
    for (const [i, value] of small.features.entries())
      expect(Math.abs(value - (wanted[i] as number))).toBeLessThan(0.01 * Math.max(...wanted));
    expect(small.nodes.slice(0, 3)).toEqual(['Cast', 'Sub', 'Mul']);
  });
});
