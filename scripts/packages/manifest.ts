import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a `package.json` holds here. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string };

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/**
 * The manifest that is published: what stands in the repository, with the version of the project and what only a build knows.
 * @param own the folder in the repository
 */
export async function publishedManifest(
  root: string,
  own: string,
  more: Readonly<Record<string, unknown>>,
): Promise<Uint8Array> {
  const { version, engines } = await readManifest(root);
  const { private: _, ...manifest } = await readManifest(own);
  return asJson({ ...manifest, version, engines, ...more });
}

/** `name` -> the very version that this project is tested with: natives of other processors must fit to it. */
export async function installedVersions(root: string, names: readonly string[]): Promise<Record<string, string>> {
  const entries = names.map(async (name) => [name, (await readManifest(join(root, 'node_modules', name))).version]);
  return Object.fromEntries(await Promise.all(entries));
}

export function asJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
