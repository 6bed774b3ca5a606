import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, PictureInput } from '@freezeframe/inference';
import { onTestFinished } from 'vitest';
import { GraphBuilder } from '../../../scripts/onnx/graph.ts';

export const pictureInput: PictureInput = {
  kind: 'picture',
  name: 'picture',
  height: 4,
  width: 4,
  channels: 3,
  colour: 'rgb',
  resize: 'stretch',
  crop: 1,
  kernel: 'cubic',
  invert: false,
  datatype: 'UINT8',
};

/** uint8 [batch, 4, 4, 3] -> the mean of each channel, 0..1, times `scale` -> `last` (an operator) -> [batch, 3]. */
export function colourGraph(last: 'Softmax' | 'Sigmoid' | 'Identity' = 'Softmax', scale = 4): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('picture', 'uint8', [null, 4, 4, 3]);
  const pixels = graph.op('Cast', ['picture'], { to: 1 });
  const mean = graph.op('ReduceMean', [pixels, graph.ints([1, 2])], { keepdims: 0 });
  graph.node(last, [graph.op('Mul', [mean, graph.float(scale / 255)])], ['answer']);
  graph.output('answer', 'float32', [null, 3]);
  return graph.build();
}

/** As {@link colourGraph}, relative to the largest byte of all pictures in the run. */
export function relativeGraph(): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('picture', 'uint8', [null, 4, 4, 3]);
  const pixels = graph.op('Cast', ['picture'], { to: 1 });
  const most = graph.op('ReduceMax', [pixels, graph.ints([0, 1, 2, 3])], { keepdims: 0 });
  const mean = graph.op(
    'ReduceMean',
    [graph.op('Div', [pixels, graph.op('Add', [most, graph.float(1)])]), graph.ints([1, 2])],
    { keepdims: 0 },
  );
  graph.node('Softmax', [mean], ['answer']);
  graph.output('answer', 'float32', [null, 3]);
  return graph.build();
}

/** uint8 [batch, 4, 4, 3] -> the picture's mean, 0..1 -> [batch, 1], after `last`. */
export function brightnessGraph(last = 'Identity', scale = 1): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('picture', 'uint8', [null, 4, 4, 3]);
  const pixels = graph.op('Cast', ['picture'], { to: 1 });
  const mean = graph.op('ReduceMean', [pixels, graph.ints([1, 2, 3])], { keepdims: 0 });
  const column = graph.op('Unsqueeze', [mean, graph.ints([1])]);
  graph.node(last, [graph.op('Mul', [column, graph.float(scale / 255)])], ['answer']);
  graph.output('answer', 'float32', [null, 1]);
  return graph.build();
}

export function manifestFor(model: Uint8Array, rest: Partial<Manifest> = {}): Manifest {
  return {
    formatVersion: 1,
    name: 'colours',
    version: '1',
    task: 'classification',
    input: pictureInput,
    output: { kind: 'classification', name: 'answer', labels: ['red', 'green', 'blue'], activation: 'softmax' },
    precision: 'float32',
    metrics: { accuracy: 1 },
    provenance: { source: 'test' },
    files: { 'model.onnx': { sha256: createHash('sha256').update(model).digest('hex'), bytes: model.byteLength } },
    ...rest,
  };
}

/** A new folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freezeframe-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeModel(folder: string, model: Uint8Array, manifest: unknown = manifestFor(model)): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}
