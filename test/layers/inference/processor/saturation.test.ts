import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadOnnxruntime } from '@freezeframe/inference';
import { expect, it } from 'vitest';
import { bytesSaturate, PRODUCT } from '../../../../layers/inference/src/processor/saturation.ts';
import { GraphBuilder } from '../../../../scripts/onnx/index.ts';

const COUNT = 16;
const QEMU = '/usr/bin/qemu-x86_64';

it('tries a product that the graph builder writes to the byte', () => {
  const graph = new GraphBuilder();
  graph.input('a', 'uint8', [1, COUNT]);
  graph.node('MatMulInteger', ['a', graph.weight('b', [COUNT, 1], new Int8Array(COUNT).fill(127), 'int8')], ['c']);
  graph.output('c', 'int32', [1, 1]);
  expect(PRODUCT).toBe(Buffer.from(graph.build('t')).toString('base64'));
});

it('says the same each time', async () => {
  const onnxruntime = await loadOnnxruntime();
  expect(await bytesSaturate(onnxruntime)).toBe(await bytesSaturate(onnxruntime));
});

// Runs where Debian's qemu-user is installed.
it.skipIf(process.arch !== 'x64' || !existsSync(QEMU))(
  'is wrong on a processor without VNNI',
  { timeout: 120_000 },
  () => {
    const path = JSON.stringify(createRequire(import.meta.url).resolve('onnxruntime-node'));
    const program = `
    const { InferenceSession, Tensor } = require(${path});
    (async () => {
      const session = await InferenceSession.create(Buffer.from('${PRODUCT}', 'base64'));
      const { c } = await session.run({ a: new Tensor('uint8', new Uint8Array(${COUNT}).fill(255), [1, ${COUNT}]) });
      process.stdout.write(String(c.data[0]));
    })();`;
    const args = ['-cpu', 'Haswell,rtm=off,hle=off', process.execPath, '--jitless', '-e', program];
    const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
    const said = execFileSync(QEMU, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(Number(said)).toBeLessThan(COUNT * 255 * 127);
  },
);
