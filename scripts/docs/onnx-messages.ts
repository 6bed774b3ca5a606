import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The classes of ONNX's messages, as buf makes them from `onnx.proto` by `buf.gen.yaml`. */
export async function onnxMessages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-buf-'));
  try {
    const buf = join(ROOT, 'node_modules/@bufbuild/buf/bin/buf');
    await promisify(execFile)(process.execPath, [buf, 'generate', '--output', folder], { cwd: ROOT });
    return await readFile(join(folder, 'scripts/onnx/schema/onnx_pb.ts'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
