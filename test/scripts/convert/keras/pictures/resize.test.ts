import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { resizePicture } from '../../../../../scripts/convert/keras/pictures/resize.ts';
import { GraphBuilder, type Value } from '../../../../../scripts/onnx/graph.ts';
import { numbers } from '../../harness.ts';

const BILINEAR = { interpolation: 'bilinear', antialias: false, format: 'channels_last' } as const;
const SHAPE = [2, 5, 6, 3];
const data = numbers(180, 3);

/** A picture in twice its size, its memory turned before and back behind if asked. */
async function resized(turned: boolean): Promise<Float32Array> {
  const graph = new GraphBuilder();
  const shape = [null, 5, 6, 3];
  const x: Value = { name: graph.input('x', 'float32', shape), shape, datatype: 'float32', layout: 'channels-last' };
  graph.reserve('y');
  const picture = turned ? graph.toLayout(x, 'channels-first') : x;
  const relu = { ...picture, name: graph.op('Relu', [picture.name]) };
  const answer = graph.toLayout(resizePicture(graph, relu, [10, 12], BILINEAR), 'channels-last');
  graph.node('Identity', [answer.name], ['y']);
  graph.output('y', 'float32', answer.shape);
  const engine = await createEngine(graph.build(), { threads: 1 });
  try {
    const { y } = await engine.run({ x: { datatype: 'FP32', shape: SHAPE, data } });
    expect(y?.shape).toEqual([2, 10, 12, 3]);
    return y?.data as Float32Array;
  } finally {
    await engine.close();
  }
}

describe('resizePicture', () => {
  it('runs between transposes, which onnxruntime moves, and answers the same', async () => {
    const plain = await resized(false);
    const turned = await resized(true);
    for (const [i, value] of plain.entries()) expect(turned[i]).toBeCloseTo(value, 6);
    // The corners of a picture stay what they are.
    expect(plain[0]).toBeCloseTo(Math.max(0, data[0] as number), 6);
  });
});
