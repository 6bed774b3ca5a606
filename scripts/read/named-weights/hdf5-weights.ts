import type { Tensor } from '#keras';
import type { PlannedConfig } from '../config/planned-config.ts';
import type { Hdf5File } from '../containers/hdf5/open-hdf5.ts';
import { legacyWeights } from './legacy.ts';
import { OLD_LIST, positionalWeights } from './positional.ts';
import { hdf5WeightFile } from './weight-file.ts';

/** Whether a file holds weights of Keras, in either layout. */
export function holdsWeights(file: Hdf5File): boolean {
  return legacyGroup(file) !== undefined || ['layers', OLD_LIST].some((name) => file.kind(name) === 'group');
}

/**
 * The weights in a file, in whichever layout it has.
 * @throws ImportError `bad-weights`
 */
export function hdf5Weights(planned: PlannedConfig, file: Hdf5File): Map<string, Tensor> {
  const group = legacyGroup(file);
  return group === undefined ? positionalWeights(planned, hdf5WeightFile(file)) : legacyWeights(planned, file, group);
}

/** The group that lists layers by name: the root in files of weights and of Keras 1, another in whole models. */
function legacyGroup(file: Hdf5File): string | undefined {
  const lists = (group: string) =>
    ['layer_names', 'layer_names0'].some((name) => file.attribute(group, name) !== undefined);
  return ['model_weights', ''].find(lists);
}
