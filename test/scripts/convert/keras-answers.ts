import { readFileSync } from 'node:fs';
import { createEngine, type TensorData } from '@freezeframe/inference';
import { freezeModel } from '../../../scripts/convert/freeze.ts';
import { planLayers, weightSpecs } from '../../../scripts/convert/plan/plan.ts';
import type { KerasModel, Tensor } from '../../../scripts/keras/model.ts';
import { size } from './harness.ts';

/** One model and what Keras answered for it: `test/fixtures/keras-answers/README.md`. */
export interface KerasAnswer {
  readonly title: string;
  /** Of the input, batch first, free axes with the size they had. */
  readonly shape: readonly number[];
  readonly gain: number;
  readonly shift: number;
  readonly datatype: 'float32' | 'uint8' | 'int32';
  readonly model: KerasModel['config'];
  /** The shape that Keras says the output has. */
  readonly keras: readonly (number | null)[];
  readonly output: { readonly shape: readonly number[]; readonly data: readonly number[] };
}

const FILES = ['convolutions', 'normalization', 'pictures', 'pooling', 'shapes', 'training-only'] as const;

/** By the kind of layer. */
export const KERAS_ANSWERS = Object.fromEntries(FILES.map((file) => [file, read(file)]));

function read(file: string): KerasAnswer[] {
  const url = new URL(`../../fixtures/keras-answers/${file}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as KerasAnswer[];
}

/** Class names of the layers of a case, those inside wrappers too. */
export function classesOf({ model }: Pick<KerasAnswer, 'model'>): string[] {
  const found: string[] = [];
  JSON.stringify(model, (key, value) => {
    if (key === 'class_name') found.push(value as string);
    return value;
  });
  return found;
}

/** The n-th number of the sequence that inputs and weights are made of: in [0, 1], each 1009 numbers alike. */
function formula(i: number, start: number): number {
  return ((i * 7919 + start) % 1009) / 1008;
}

export function inputOf({ shape, gain, shift, datatype }: KerasAnswer): TensorData {
  const values = Float32Array.from({ length: size(shape) }, (_, i) => {
    const value = Math.fround(Math.fround(Math.fround(formula(i, 104729)) * gain) + shift);
    return datatype === 'float32' ? value : Math.floor(value);
  });
  const data = datatype === 'uint8' ? Uint8Array.from(values) : datatype === 'int32' ? Int32Array.from(values) : values;
  return { datatype: PROTOCOL[datatype], shape: [...shape], data };
}

const PROTOCOL = { float32: 'FP32', uint8: 'UINT8', int32: 'INT32' } as const;

/** What the frozen model answers to the case's input. */
export async function frozenAnswerTo(answer: KerasAnswer): Promise<TensorData> {
  const { onnx } = freezeModel(modelOf(answer), { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const engine = await createEngine(onnx, { threads: 1 });
  try {
    const [input, output] = [engine.inputs[0], engine.outputs[0]].map((tensor) => tensor?.name as string);
    const answers = await engine.run({ [input as string]: inputOf(answer) });
    return answers[output as string] as TensorData;
  } finally {
    await engine.close();
  }
}

export function relativeDifference(wanted: readonly number[], received: ArrayLike<unknown>): number {
  if (wanted.length !== received.length) return Number.POSITIVE_INFINITY;
  const differences = wanted.map((value, i) => Math.abs(value - Number(received[i])) / Math.max(1, Math.abs(value)));
  return differences.reduce((max, value) => Math.max(max, value), 0);
}

function weightAt(name: string, value: number): number {
  return name.includes('variance') ? Math.abs(value) + 0.1 : value;
}

/** The weights by the formula, in the order in which Keras lists them. */
export function modelOf({ model }: KerasAnswer): KerasModel {
  const weights = new Map<string, Tensor>();
  for (const [path, specs] of weightSpecs(planLayers(model))) {
    for (const { name, shape } of specs) {
      const start = 104729 * (weights.size + 1);
      const data = Float32Array.from({ length: size(shape) }, (_, i) => weightAt(name, formula(i, start) - 0.5));
      weights.set(`${path}/${name}`, { shape, data });
    }
  }
  return { config: model, weights };
}
