import { join } from 'node:path';
import { cliPackage } from './cli-package.ts';
import { createPackage } from './create-package.ts';
import { inferencePackage } from './inference-package.ts';
import { type Packed, pack } from './pack.ts';

/** Everything that is published, with the folder of its name and the most that it may take where it is installed. */
const PACKAGES = [
  { folder: 'cli', make: cliPackage, limit: 25_000_000 },
  { folder: 'inference', make: inferencePackage, limit: 500_000 },
  { folder: 'create', make: createPackage, limit: 50_000 },
] as const;

/** Makes all packages: a folder for each below `outDir`, and the tarballs beside them. @throws Error past a limit */
export async function makePackages(root: string, outDir: string): Promise<Packed[]> {
  const made: Packed[] = [];
  for (const { folder, make, limit } of PACKAGES) {
    const packed = await pack(await make(root), join(outDir, folder), outDir);
    if (packed.unpacked > limit)
      throw new Error(`${packed.name} takes ${packed.unpacked} bytes, at most ${limit} may be`);
    made.push(packed);
  }
  return made;
}
