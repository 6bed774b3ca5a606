import { createEngine, type Engine } from '@freezeframe/inference';
import { afterEach, describe, expect, it } from 'vitest';
import { findSizes } from '../../../../scripts/import/checks/free-sizes.ts';
import { axesOf } from '../../../../scripts/import/facts/axes.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { type GraphProto, parseOnnx } from '../../../../scripts/onnx/index.ts';
import { changed, pictureModel } from '../../onnx/models.ts';

let engine: Engine;
afterEach(() => engine.close());

function withoutSizes(onnx: Uint8Array): Uint8Array {
  return changed(onnx, ({ graph: { input } = {} }) => {
    const type = input?.[0]?.type?.value;
    if (type?.case !== 'tensorType') return;
    for (const [i, dim] of (type.value.shape?.dim ?? []).entries())
      dim.value = { case: 'dimParam', value: ['batch_size', 'num_channels', 'height', 'width'][i] as string };
  });
}

/** A picture in patches of 8 x 8, each of which has a place of its own, so that there must be so many. All axes are left free. */
function transformer(side: number): Uint8Array {
  const graph = new GraphBuilder();
  graph.reserve('scores');
  const picture = graph.input('pixels', 'float32', [null, 3, side, side]);
  const patches = graph.op('Conv', [picture, graph.weight('patch', [4, 3, 8, 8], weights(768))], { strides: [8, 8] });
  const rows = graph.op('Reshape', [patches, graph.ints([0, 4, -1])]);
  const more = graph.op('Pad', [rows, graph.ints([0, 0, 1, 0, 0, 0])]);
  const places = graph.weight('places', [1, 4, (side / 8) ** 2 + 1], weights(4 * ((side / 8) ** 2 + 1)));
  graph.node('ReduceMean', [graph.op('Add', [more, places]), graph.ints([2])], ['scores'], { keepdims: 0 });
  graph.output('scores', 'float32', [null, 4]);
  return withoutSizes(graph.build());
}

/** Its pool covers 68 pixels: no smaller picture runs. */
function poolingModel(): Uint8Array {
  const graph = new GraphBuilder();
  graph.reserve('scores');
  const picture = graph.input('pixels', 'float32', [null, 3, 96, 96]);
  const planes = graph.op('Conv', [picture, graph.weight('kernel', [4, 3, 3, 3], weights(108))]);
  const pooled = graph.op('MaxPool', [planes], { kernel_shape: [66, 66] });
  graph.node('Flatten', [graph.op('GlobalAveragePool', [pooled])], ['scores']);
  graph.output('scores', 'float32', [null, 4]);
  return graph.build();
}

function weights(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i));
}

async function sizesOf(onnx: Uint8Array) {
  const model = parseOnnx(onnx);
  engine = await createEngine(onnx);
  return findSizes(engine, model, axesOf(model.graph as GraphProto, engine.inputs));
}

describe('findSizes', () => {
  it('finds the one picture that a vision transformer takes, whose channels are left open too', async () => {
    const { only } = await sizesOf(transformer(96));
    expect(Object.fromEntries(only)).toEqual({ '=num_channels': 3, '=height': 96, '=width': 96 });
  });

  it('finds the channels of a network that takes pictures of many sizes, and leaves those open', async () => {
    const { only, sizes } = await sizesOf(withoutSizes(pictureModel()));
    expect(Object.fromEntries(only)).toEqual({ '=num_channels': 3 });
    expect(sizes.get('=height')).toBeGreaterThan(8);
  });

  it('finds the channels where small pictures are too small', async () => {
    const { only, sizes } = await sizesOf(withoutSizes(poolingModel()));
    expect(Object.fromEntries(only)).toEqual({ '=num_channels': 3 });
    expect(sizes.get('=height')).toBeGreaterThanOrEqual(96);
  });

  it('says which axes it found nothing for', async () => {
    await expect(sizesOf(transformer(88))).rejects.toMatchObject({
      code: 'option-mismatch',
      details: { axes: ['=num_channels', '=height', '=width'] },
    });
  });
});
