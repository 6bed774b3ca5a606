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

/**
 * Every model's production version. One that cannot be read is not left out: what is deployed would lose a model, and a request
 * that names none would be answered by another one.
 * @throws ModelError `model-damaged`.
 */
export async function allInProduction(store: ModelStore): Promise<ModelVersion[]> {
  const { models, damaged } = await store.list();
  const found = models.filter(({ tags }) => tags.includes('production'));
  for (const { name } of damaged) {
    if (found.some((one) => one.name === name)) continue;
    await store.find(name).catch((error: unknown) => {
      if (error instanceof FreezeframeError && error.code === 'model-damaged') throw error;
    });
  }
  return found;
}

/** What somebody who has just saved a version should know where NAME does not mean it; undefined where it does. */
export function productionText({ name, version }: ModelVersion, production: string | null): string | undefined {
  if (production === version) return undefined;
  const command = `freezeframe models tag ${name}@${version} production`;
  return production === null
    ? `No version of ${name} is in production. To use this one: ${command}`
    : `${name} still answers with version ${production}. To use this one: ${command}`;
}
