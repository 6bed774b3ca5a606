import { expected } from '@freezeframe/inference';
import * as z from 'zod';
import { asImportError, ImportError, parseJson } from '#guards';
import { configLayers, type KerasModel, withLostOperands, withTodaysNames } from '#keras';
import { refuseUnknownLayers } from './unknown-layers.ts';

const schema = z.looseObject({
  class_name: z.string(),
  // Keras 2.0 to 2.2 wrote a Sequential's config as a bare list of layers.
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
});

/**
 * A Keras model config, `{ class_name, config }`, whose every layer is known here.
 * @param where for messages: `config.json`
 * @throws ImportError `file-damaged`, `limit-exceeded`, `custom-object`, `unsupported-layer`
 */
export function readConfig(json: unknown, where: string): KerasModel['config'] {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new ImportError('file-damaged', expected('a Keras model config', where, json));
  const config = withTodaysNames(parsed.data) as unknown as KerasModel['config'];
  refuseUnknownLayers(config, () => asImportError(where, () => configLayers(config)));
  return asImportError(where, () => withLostOperands(config));
}

/** The same from JSON text, whose depth is looked at before it is parsed. */
export function readJsonConfig(content: Uint8Array | string, where: string): KerasModel['config'] {
  return readConfig(parseJson(content, where), where);
}
