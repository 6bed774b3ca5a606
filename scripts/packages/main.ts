import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePackages } from './packages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

for (const { name, tarball, packed, unpacked, files } of await makePackages(ROOT, join(ROOT, 'build', 'packages'))) {
  const [small, large] = [packed, unpacked].map((bytes) => `${(bytes / 1e6).toFixed(2)} MB`);
  process.stdout.write(`${name}: ${small} packed, ${large} unpacked, ${files.length} files\n  ${tarball}\n`);
}
