import type { Manifest, TensorSpec } from '@freezeframe/inference';
import type { FreezeInput, FreezeOutput } from './options.ts';

type Activation = Extract<Manifest['output'], { kind: 'classification' }>['activation'];

/**
 * What a manifest says of what a frozen graph takes.
 * @param tensors the graph's inputs; a picture is the only one
 */
export function manifestInput(input: FreezeInput, tensors: readonly TensorSpec[]): Manifest['input'] {
  if (input.kind === 'picture') {
    const { preprocess: _, ...picture } = input;
    return { ...picture, name: (tensors[0] as TensorSpec).name, datatype: 'UINT8' };
  }
  if (input.kind === 'tensors') return { kind: 'tensors', tensors: [...tensors] };
  const features = input.features.map(({ name, unit }) => (unit ? { name, unit } : { name }));
  return { kind: 'tensors', tensors: [...tensors], features };
}

/**
 * What a manifest says of what a frozen graph answers.
 * @param tensors the graph's outputs; labels and values belong to the only one
 */
export function manifestOutput(
  output: FreezeOutput,
  tensors: readonly TensorSpec[],
  activation: Activation,
): Manifest['output'] {
  const { name } = tensors[0] as TensorSpec;
  if (output.kind === 'classification') return { kind: 'classification', name, labels: [...output.labels], activation };
  if (output.kind === 'tensors') return { kind: 'tensors', tensors: [...tensors] };
  return { kind: 'regression', name, values: output.values.map((v) => ({ name: v.name, unit: v.unit ?? '' })) };
}
