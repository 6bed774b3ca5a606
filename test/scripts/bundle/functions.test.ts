import { resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { functionOptions } from '../../../scripts/bundle/functions.ts';
import { listFunctions } from '../../../scripts/bundle/list-functions.ts';

const root = resolve('.');

/** What every start pays for: packages, and of zod its parts. Anything else has to be loaded when it is first asked for. */
const AT_INIT = [
  'hono',
  '@aws-lambda-powertools/commons',
  '@aws-lambda-powertools/logger',
  '@aws/lambda-invoke-store',
  'zod/v4/core',
  'zod/v4/mini',
];

/** What a module's evaluation evaluates: it, and all that it imports otherwise than by `import()`. */
function evaluated({ outputs }: Metafile, start: string, seen = new Set<string>()): Set<string> {
  seen.add(start);
  for (const { path, kind, external } of outputs[start]?.imports ?? []) {
    if (kind === 'import-statement' && !external && !seen.has(path)) evaluated({ outputs, inputs: {} }, path, seen);
  }
  return seen;
}

async function sourcesAtInit(name: string): Promise<string[]> {
  const { metafile } = await build(await functionOptions(root, name));
  const chunks = [...evaluated(metafile, 'out/index.mjs')];
  const parts = chunks.flatMap((chunk) => Object.entries(metafile.outputs[chunk]?.inputs ?? {}));
  return parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

function packageOf(path: string): string | undefined {
  const [, inside] = path.split('node_modules/');
  const depth = inside?.startsWith('zod/') ? 3 : inside?.startsWith('@') ? 2 : 1;
  return inside?.split('/').slice(0, depth).join('/');
}

describe.each(await listFunctions(root))('what %s evaluates before its first request', (name) => {
  it('is no package that only some requests need', async () => {
    const sources = await sourcesAtInit(name);
    const packages = new Set(sources.map(packageOf).filter((each) => each !== undefined));
    expect([...packages].filter((each) => !AT_INIT.includes(each))).toEqual([]);
    expect(packages).toContain('zod/v4/mini');
  });

  it('is nothing of the OpenAPI document, the store of models, or the page', async () => {
    const sources = await sourcesAtInit(name);
    expect(sources.filter((path) => /http\/openapi\.ts|shared-models|s3-reader|http\/page\//.test(path))).toEqual([]);
  });
});
