import type { WeightSpec } from '#keras';

/** A weight that a model wants. */
export interface Wanted {
  /** `outer/conv/kernel` */
  readonly name: string;
  /** The layer's path: `outer/conv`. */
  readonly owner: string;
  readonly spec: WeightSpec;
}

/** A weight that a file has, under the name that Keras gave its variable. */
export interface Found {
  /** `conv/kernel`, `conv_1/conv/kernel`, `model/lstm/lstm_cell/recurrent_kernel` */
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[] | undefined;
}

/**
 * The found weight for each wanted one. The order decides, as in Keras; where it puts a weight in the place of another
 * (the order of nested models depends on what was frozen when they were saved), names do.
 */
export function matchNames(wanted: readonly Wanted[], found: readonly Found[]): (Found | undefined)[] {
  const inOrder = wanted.map((_, i) => found[i]);
  const sameCount = wanted.length === found.length;
  if (sameCount && wanted.every((want, i) => fits(want, inOrder[i]) && isNamedAlike(want, inOrder[i]))) return inOrder;
  const named = wanted.map((want) => {
    const alike = found.filter((candidate) => fits(want, candidate) && isNamedAlike(want, candidate));
    return alike.length === 1 ? alike[0] : undefined;
  });
  const distinct = new Set(named).size === named.length && !named.includes(undefined);
  return distinct ? named : inOrder;
}

function fits({ spec }: Wanted, candidate: Found | undefined): boolean {
  return candidate?.shape !== undefined && String(candidate.shape) === String(spec.shape);
}

/** The same weight of a layer of the same name; Keras numbers names that are taken: `batch_normalization_1_1`. */
function isNamedAlike({ owner, spec }: Wanted, candidate: Found | undefined): boolean {
  const parts = candidate?.name.split('/') ?? [];
  const last = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  if (parts.at(-1) !== last(spec.name)) return false;
  const layer = last(owner);
  return parts.slice(0, -1).some((part) => part === layer || part.replace(/_\d+$/, '') === layer);
}
