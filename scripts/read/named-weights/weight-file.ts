import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { Tensor, WeightSpec } from '#keras';
import type { Hdf5File } from '../containers/hdf5/open-hdf5.ts';

/** Where weights lie, one file or many. */
export interface WeightFile {
  /** Undefined where there is no dataset. */
  shape(path: string): readonly number[] | undefined;
  read(path: string): Tensor;
}

export function hdf5WeightFile(file: Hdf5File): WeightFile {
  return {
    shape: (path) => (file.kind(path) === 'dataset' ? file.shape(path) : undefined),
    read: (path) => file.read(path),
  };
}

/** One weight, if it is there and of the shape that its layer wants; its shape is looked at before it is read. */
export function readTensor(
  file: WeightFile,
  path: string | undefined,
  spec: WeightSpec,
  name: string,
  problems: string[],
): Tensor | undefined {
  const shape = path === undefined ? undefined : file.shape(path);
  if (path === undefined || shape === undefined || String(shape) !== String(spec.shape)) {
    problems.push(expected(`[${spec.shape.join(', ')}]`, `weight ${name}`, shape));
    return undefined;
  }
  return file.read(path);
}

/** @throws ImportError `bad-weights` if there are any, with all of them */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 20).join('\n  ');
  const more = problems.length > 20 ? `\n  and ${problems.length - 20} more` : '';
  throw new ImportError('bad-weights', `The weights do not fit the layers:\n  ${shown}${more}`, {
    details: { problems },
    remedy: 'The weights belong to another model, or the file is damaged: save the model and its weights again.',
  });
}
