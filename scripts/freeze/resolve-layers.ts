import { FreezeframeError } from '@freezeframe/inference';
import type { z } from 'zod';
import type { LayerConfig } from './keras-model.ts';
import type { LayerDefinition } from './layer.ts';
import { findLayer, LAYERS } from './layers/index.ts';

/** A layer with its definition found and its options read. */
export interface ResolvedLayer {
  readonly definition: LayerDefinition;
  readonly config: unknown;
}

/**
 * Finds the definition of every layer and reads its options, in the order given.
 * @throws FreezeframeError `unsupported-layer` once, naming *all* layers that are not known or whose options cannot be
 * read, so that nobody has to find them one by one.
 */
export function resolveLayers(
  layers: readonly { readonly path: string; readonly layer: LayerConfig }[],
): ResolvedLayer[] {
  const problems: { layer: string; className: string; position: number; reason: string }[] = [];
  const resolved = layers.map(({ path, layer }, position): ResolvedLayer | undefined => {
    const problem = (reason: string) => {
      problems.push({ layer: path, className: layer.class_name, position, reason });
      return undefined;
    };
    const definition = findLayer(layer.class_name);
    if (!definition) return problem('this class is not known');
    const parsed = definition.config.safeParse(layer.config);
    return parsed.success ? { definition, config: parsed.data } : problem(flat(parsed.error));
  });
  if (problems.length > 0) {
    const supported = LAYERS.map((definition) => definition.className);
    const list = problems.map((p) => `"${p.layer}" (${p.className}, layer ${p.position + 1}): ${p.reason}`);
    const count = `${problems.length} of ${layers.length} layers`;
    throw new FreezeframeError('unsupported-layer', `${count} cannot be frozen:\n  ${list.join('\n  ')}`, {
      details: { unsupported: problems, supported },
      remedy: `Supported are ${supported.join(', ')}. To add a layer: one file in scripts/freeze/layers/, its line in scripts/freeze/layers/index.ts, a case in test/scripts/freeze/layers/.`,
    });
  }
  return resolved as ResolvedLayer[];
}

function flat(error: z.ZodError): string {
  return error.issues.map((issue) => `option ${issue.path.join('.') || 'config'}: ${issue.message}`).join('; ');
}
