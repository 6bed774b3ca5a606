import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { Tensor, WeightSpec } from '#keras';
import type { Hdf5File } from '../containers/hdf5/open-hdf5.ts';
import { type LayerObject, withInside } from './layer-objects.ts';

/** Where weights lie, one file or many. */
export interface WeightFile {
  /** Undefined where there is no dataset. */
  shape(path: string): readonly number[] | undefined;
  read(path: string): Tensor;
  /** All datasets. */
  paths(): readonly string[];
}

export function hdf5WeightFile(file: Hdf5File): WeightFile {
  const below = (path: string): string[] =>
    file.children(path).flatMap((name) => {
      const at = path === '' ? name : `${path}/${name}`;
      return file.kind(at) === 'dataset' ? [at] : file.kind(at) === 'group' ? below(at) : [];
    });
  return {
    shape: (path) => (file.kind(path) === 'dataset' ? file.shape(path) : undefined),
    read: (path) => file.read(path),
    paths: () => below(''),
  };
}

/** Variables as they are read, and what is wrong with them. */
export class Tensors {
  readonly file: WeightFile;
  readonly #variables = new Map<string, Tensor>();
  readonly #problems: string[] = [];

  constructor(file: WeightFile) {
    this.file = file;
  }

  /** One variable, if it is there and of the shape that its layer wants; its shape is looked at before it is read. */
  read(object: LayerObject, spec: WeightSpec, path: string | undefined): void {
    const name = `${object.path}/${spec.name}`;
    const shape = path === undefined ? undefined : this.file.shape(path);
    if (path === undefined || shape === undefined || String(shape) !== String(spec.shape)) {
      this.#problems.push(expected(`[${spec.shape.join(', ')}]`, `weight ${name}`, shape));
      return;
    }
    this.#variables.set(name, this.file.read(path));
  }

  set(object: LayerObject, spec: WeightSpec, tensor: Tensor): void {
    this.#variables.set(`${object.path}/${spec.name}`, tensor);
  }

  leftOver(problems: readonly string[]): void {
    this.#problems.push(...problems);
  }

  /** The weights of the layers. @throws ImportError `bad-weights` with all that is wrong */
  finish(objects: readonly LayerObject[]): Map<string, Tensor> {
    throwProblems(this.#problems);
    const weights = new Map<string, Tensor>();
    for (const { path, stored } of withInside(objects)) {
      const own = stored.weights((name) => this.#variables.get(`${path}/${name}`) as Tensor);
      for (const [name, tensor] of own) weights.set(`${path}/${name}`, tensor);
    }
    return weights;
  }
}

/** @throws ImportError `bad-weights` if there are any, with all of them */
function throwProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 20).join('\n  ');
  const more = problems.length > 20 ? `\n  and ${problems.length - 20} more` : '';
  throw new ImportError('bad-weights', `The weights do not fit the layers:\n  ${shown}${more}`, {
    details: { problems },
    remedy: 'The weights belong to another model, or the file is damaged: save the model and its weights again.',
  });
}
