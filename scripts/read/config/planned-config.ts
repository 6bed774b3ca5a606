import { type LayerPlan, planLayers } from '#convert';
import { asImportError } from '#guards';
import { type ConfigLayer, configLayers, type KerasModel } from '#keras';

/** A config whose layers are found: as it lists them, and as they run. Planned once, for the weights and for freezing. */
export interface PlannedConfig {
  readonly config: KerasModel['config'];
  readonly layers: readonly ConfigLayer[];
  readonly plan: LayerPlan;
}

/** @throws ImportError `file-damaged`, `file-hostile`, `limit-exceeded`, `unsupported-layer` */
export function planConfig(config: KerasModel['config'], where = 'The config'): PlannedConfig {
  return asImportError(where, () => ({ config, layers: configLayers(config), plan: planLayers(config) }));
}

/** The part of a reader's answer that is the model. */
export function modelOf({ config, plan }: PlannedConfig, weights: KerasModel['weights']) {
  return { model: { config, weights }, plan };
}
