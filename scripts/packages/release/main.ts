import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePackages } from '../packages.ts';
import { release } from './release.ts';

// npm run release -- [1.2.3 | major | minor | patch] [--dry-run] [--unsigned]

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, unsigned: { type: 'boolean', default: false } },
  });
  await release({
    root: ROOT,
    version: positionals[0],
    dryRun: values['dry-run'],
    unsigned: values.unsigned,
    date: new Date().toISOString().slice(0, 10),
    pack: () => makePackages(ROOT, join(ROOT, 'build', 'packages')),
    say: (line) => process.stdout.write(`${line}\n`),
  });
} catch (error) {
  process.stderr.write(`release: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
