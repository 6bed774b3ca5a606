import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { createEngine, type TensorData } from '@freezeframe/inference';
import { freezeModel } from '../../../scripts/convert/freeze.ts';
import { planLayers, weightSpecs } from '../../../scripts/convert/plan/plan.ts';
import type { KerasModel, Tensor } from '../../../scripts/keras/model.ts';
import { asWritten } from '../../../scripts/keras/written-by.ts';
import { size } from './harness.ts';

/** One model and what Keras answered: `test/fixtures/keras-graphs/README.md`. */
export interface KerasGraph {
  readonly title: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly vocabulary?: number;
  }[];
  readonly model: KerasModel['config'];
  readonly outputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
}

const FILES = [
  'keras-3',
  'keras-2',
  'more-keras-3',
  'more-keras-2',
  'masks-keras-3.3',
  'operators-keras-3',
  'operators-keras-2',
];

/** By the Keras that answered. */
export const KERAS_GRAPHS = Object.fromEntries(FILES.map((file) => [file, read(file)]));

function read(file: string): KerasGraph[] {
  const url = new URL(`../../fixtures/keras-graphs/${file}.json`, import.meta.url);
  const graphs = JSON.parse(readFileSync(url, 'utf8')) as KerasGraph[];
  const version = { 2: '2.21.0', 3: '3.15.0', 3.3: '3.3.3' }[file.slice(file.lastIndexOf('-') + 1)];
  return graphs.map((graph) => ({ ...graph, model: asWritten(graph.model, version) }));
}

function formula(i: number, start: number): number {
  return ((i * 7919 + start) % 1009) / 1008;
}

/** The model with its weights by the formula. */
export function withWeights({ model }: KerasGraph): KerasModel {
  const weights = new Map<string, Tensor>();
  for (const [path, specs] of weightSpecs(planLayers(model))) {
    const start = crc32(path) % 1009;
    for (const [n, { name, shape }] of specs.entries()) {
      const data = Float32Array.from({ length: size(shape) }, (_, i) => formula(i, start + 104729 * (n + 1)) - 0.5);
      const positive = name.includes('variance') ? data.map((value) => Math.fround(Math.abs(value)) + 0.1) : data;
      weights.set(`${path}/${name}`, { shape, data: positive });
    }
  }
  return { config: model, weights };
}

export function inputOf({ shape, vocabulary }: KerasGraph['inputs'][number]): TensorData {
  const length = size(shape);
  if (vocabulary !== undefined) {
    return {
      datatype: 'INT32',
      shape: [...shape],
      data: Int32Array.from({ length }, (_, i) => (i * 7919) % vocabulary),
    };
  }
  return { datatype: 'FP32', shape: [...shape], data: Float32Array.from({ length }, (_, i) => formula(i, 104729)) };
}

/** What the frozen model answers, in the model's order. */
export async function frozenAnswers(graph: KerasGraph): Promise<TensorData[]> {
  const { onnx } = freezeModel(withWeights(graph), { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const engine = await createEngine(onnx, { threads: 1 });
  try {
    // By place: Keras and the graph name a Sequential model's input each in its own way.
    const feeds = engine.inputs.map(({ name }, i) => [name, inputOf(graph.inputs[i] as KerasGraph['inputs'][number])]);
    const answers = await engine.run(Object.fromEntries(feeds));
    return engine.outputs.map(({ name }) => answers[name] as TensorData);
  } finally {
    await engine.close();
  }
}
