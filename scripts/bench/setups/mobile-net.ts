import { join } from 'node:path';
import type { ManifestDraft } from '@freezeframe/inference';
import { type Bundle, bundle, hostTarget } from '#bundle';
import { GraphBuilder } from '#onnx';
import { openStore } from '#store';

/** MobileNetV1's blocks: channels and stride of each. Weights do not matter for time, its shape does. */
const BLOCKS: readonly (readonly [channels: number, stride: 1 | 2])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** Height and width of the picture that it takes. */
const MOBILE_SIDE = 224;

/** What it takes and answers. */
export const MOBILE_MANIFEST = {
  formatVersion: 1,
  task: 'classification',
  input: {
    kind: 'picture',
    name: 'picture',
    height: MOBILE_SIDE,
    width: MOBILE_SIDE,
    channels: 3,
    colour: 'rgb',
    resize: 'cover',
    crop: 1,
    kernel: 'cubic',
    invert: false,
    datatype: 'UINT8',
  },
  output: {
    kind: 'classification',
    name: 'answer',
    labels: Array.from({ length: 1000 }, (_, index) => `class ${index}`),
    activation: 'softmax',
  },
  precision: 'float32',
  metrics: {},
  provenance: { source: 'benchmark' },
} as const satisfies ManifestDraft;

/** Saves the model and bundles it for this machine, all below `work`. */
export async function bundleMobile(work: string): Promise<{ model: Uint8Array; built: Bundle }> {
  const model = mobileGraph();
  const store = openStore(join(work, 'store'));
  await store.save('mobile', { model, manifest: MOBILE_MANIFEST });
  return { model, built: await bundle({ ...hostTarget(), store, outDir: join(work, 'build') }) };
}

/**
 * A graph of MobileNetV1 1.0/224's size and cost (4.2 M weights, 17 MB), uint8 [batch, 224, 224, 3] named `picture` to
 * softmax [batch, 1000] named `answer`: what a benchmark of serving needs when no trained model is at hand.
 */
export function mobileGraph(): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('picture', 'uint8', [null, 224, 224, 3]);
  const pixels = graph.op('Mul', [graph.op('Cast', ['picture'], { to: 1 }), graph.float(1 / 127.5)]);
  let value = graph.op('Transpose', [pixels], { perm: [0, 3, 1, 2] });
  value = convolution(graph, value, { from: 3, to: 32, size: 3, stride: 2, group: 1 });
  let channels = 32;
  for (const [to, stride] of BLOCKS) {
    value = convolution(graph, value, { from: channels, to: channels, size: 3, stride, group: channels });
    value = convolution(graph, value, { from: channels, to, size: 1, stride: 1, group: 1 });
    channels = to;
  }
  const pooled = graph.op('Flatten', [graph.op('GlobalAveragePool', [value])]);
  const weights = graph.weight('head', [channels, 1000], noise(channels * 1000, 0.05));
  graph.node('Softmax', [graph.op('MatMul', [pooled, weights])], ['answer']);
  graph.output('answer', 'float32', [null, 1000]);
  return graph.build();
}

interface Convolution {
  from: number;
  to: number;
  size: number;
  stride: number;
  group: number;
}

function convolution(graph: GraphBuilder, value: string, { from, to, size, stride, group }: Convolution): string {
  const inputs = from / group;
  const kernel = noise(to * inputs * size * size, Math.sqrt(2 / (inputs * size * size)));
  const weight = graph.weight('kernel', [to, inputs, size, size], kernel);
  const pad = (size - 1) / 2;
  const result = graph.op('Conv', [value, weight], { strides: [stride, stride], pads: [pad, pad, pad, pad], group });
  return graph.op('Clip', [result, graph.float(0), graph.float(6)]);
}

/** The same numbers every time, spread evenly in [-scale, scale]. */
function noise(count: number, scale: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => (((index * 7919 + 104_729) % 1009) / 504 - 1) * scale);
}
