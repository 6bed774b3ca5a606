import { weightSpecs } from '#convert';
import type { Tensor, WeightSpec } from '#keras';
import type { PlannedConfig } from '../config/planned-config.ts';
import { readTensor, throwProblems, type WeightFile } from './weight-file.ts';

/** Keras 2.12 and 2.13 called the list of layers by an inner name. */
export const OLD_LIST = '_layer_checkpoint_dependencies';

/**
 * Weights by position, as `.weights.h5` of Keras 3 and of `.keras` files holds them: `layers/dense_1/vars/0` is the first
 * variable of the second Dense, whatever the layer is called.
 * @throws ImportError `bad-weights` naming all that are absent or of another shape
 */
export function positionalWeights({ layers, plan }: PlannedConfig, file: WeightFile): Map<string, Tensor> {
  const wanted = weightSpecs(plan);
  const weights = new Map<string, Tensor>();
  const problems: string[] = [];
  for (const layer of layers) {
    const specs = wanted.get(layer.path) ?? [];
    specs.forEach((spec, i) => {
      const name = `${layer.path}/${spec.name}`;
      const tensor = readTensor(file, find(file, layer.group, specs, i), spec, name, problems);
      if (tensor) weights.set(name, tensor);
    });
  }
  throwProblems(problems);
  return weights;
}

/** The dataset of one weight: its number among those of the same part of the layer, the trainable ones first. */
function find(file: WeightFile, group: string, specs: readonly WeightSpec[], index: number): string | undefined {
  const spec = specs[index] as WeightSpec;
  const part = partOf(spec.name);
  const siblings = specs.filter((other) => partOf(other.name) === part);
  const ordered = [...siblings.filter((s) => s.trainable), ...siblings.filter((s) => !s.trainable)];
  const position = ordered.indexOf(spec);
  // Keras 2 and early Keras 3 keep the dense layers of an attention as private attributes.
  const parts = part === '' ? [''] : [`/${part}`, `/${part.replace(/(^|\/)(?=[^/])/g, '$1_')}`];
  return [group, group.replaceAll(/(^|\/)layers(?=\/)/g, `$1${OLD_LIST}`)]
    .flatMap((at) => parts.map((below) => `${at}${below}/vars/${position}`))
    .find((path) => file.shape(path) !== undefined);
}

function partOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}
