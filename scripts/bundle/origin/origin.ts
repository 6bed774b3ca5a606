import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's folder, or the installed package's. */
export const HOME = fileURLToPath(new URL('../../..', import.meta.url));

/** Where what is bundled comes from. */
export interface Origin {
  /** The folder whose `functions/` are bundled. */
  readonly root: string;
  /** Our functions and our part of the inference layer, bundled ahead; absent in a clone, which bundles its sources. */
  readonly prebuilt?: string;
}

/** A clone bundles its own sources. An installed package has bundled them, and bundles the handlers of the folder it is used in. */
export function originHere(): Origin {
  const prebuilt = join(HOME, 'prebuilt');
  return existsSync(prebuilt) ? { root: process.cwd(), prebuilt } : { root: HOME };
}
