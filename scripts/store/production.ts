import { FreezeframeError } from '@freezeframe/inference';
import type { ModelStore, ModelVersion } from './model-store.ts';

/** The version that NAME alone means, or null where none is in production (or that one cannot be read). */
export async function productionOf(store: ModelStore, name: string): Promise<string | null> {
  try {
    return (await store.find(name)).version;
  } catch (error) {
    if (error instanceof FreezeframeError) return null;
    throw error;
  }
}

/** What somebody who has just saved a version should know where NAME does not mean it; undefined where it does. */
export function productionText({ name, version }: ModelVersion, production: string | null): string | undefined {
  if (production === version) return undefined;
  const command = `freezeframe models tag ${name}@${version} production`;
  return production === null
    ? `No version of ${name} is in production. To use this one: ${command}`
    : `${name} still answers with version ${production}. To use this one: ${command}`;
}
