import type { Found } from './assign.ts';

/**
 * What Keras keeps among the variables of layers and is no weight: an answer does not depend on it. Everything else that
 * nobody reads is an error: a scale, a matrix of LoRA or a table that is not known changes answers.
 */
const STATE: readonly { readonly name: RegExp; readonly of?: string; readonly why: string }[] = [
  {
    name: /(^|\/)(\w*seed_generator|random_generator)(_\d+)?\/(\w*seed_generator_state|_?state_?var|vars\/0)(_\d+)?$/i,
    why: 'numbers that random layers count on from',
  },
  { name: /(^|\/)(StateVar|seed_generator_state)(_\d+)?$/, why: 'the same, as older versions call it' },
  { name: /(^|\/)count(_\d+)?$/, of: 'Normalization', why: 'how many samples it was adapted to' },
  { name: /(^|\/)vars\/2$/, of: 'Normalization', why: 'the same' },
  { name: /(^|\/)(vector_)?(u|sn_u)(_\d+)?$/, of: 'SpectralNormalization', why: 'a vector of the last training step' },
  // Keras 3.15 writes the inner layer's kernel among its own as well, in front of the vector.
  { name: /(^|\/)vars\/[01]$/, of: 'SpectralNormalization', why: 'the same' },
  { name: /(^|\/)(total|count)(_\d+)?$/, of: 'AddMetric', why: 'a metric' },
];

/** @param classes of the layer and the layers in it */
export function isState(name: string, classes: ReadonlySet<string>): boolean {
  return STATE.some((state) => (state.of === undefined || classes.has(state.of)) && state.name.test(name));
}

/** Whose variables are no layer's: whole groups of a file. */
export const NOT_OF_LAYERS =
  /^(optimizer|optimizer_weights|_?metrics|_loss_tracker|compile_metrics|_compile_metrics|_compile_loss)(\/|$)/;

export function leftOver(found: readonly Pick<Found, 'name' | 'shape'>[]): string[] {
  return found.map(({ name, shape }) => `${name} [${(shape ?? []).join(', ')}] is not read by any layer`);
}
