import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tfjsNodeBackend } from '../../../scripts/train/backends/tfjs-node.ts';

const TRY = 'scripts/setup/try-tfjs-node.ts';
const missing = await tfjsNodeBackend().then(
  () => undefined,
  (error: Error) => error.message,
);
/** Each Node that Lambda runs, where `.ci/run` has installed it. */
const NODES = (process.env.LAMBDA_RIC ?? '')
  .split(delimiter)
  .filter(Boolean)
  .map((folder) => join(folder, 'node_modules/node/bin/node'))
  .filter((node) => existsSync(node));

describe.skipIf(missing !== undefined || NODES.length === 0)('tfjs-node (npm run setup:tfjs-node; LAMBDA_RIC)', () => {
  it.each(NODES)('learns with %s', async (node) => {
    const { stdout, stderr } = await promisify(execFile)(node, ['--import', 'tsx', TRY]);
    expect(stdout).toContain('--backend tfjs-node works');
    // TensorFlow greets with oneDNN, whatever its level of logs. Node warns of nothing.
    expect(stderr.replace(/^(WARNING: All log messages before|I0000).*\n/gm, '')).toBe('');
  });
});
