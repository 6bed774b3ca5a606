import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../../scripts/store/index.ts';
import { saveTinyModel } from '../../tiny-model.ts';
import { useStore } from '../models-store.ts';
import { run } from '../run.ts';

useStore();

describe('freezeframe models relabel', () => {
  beforeAll(async () => {
    await saveTinyModel(openStore(), 'tiny');
  });

  it('saves the same graph under other labels, and leaves production where it is', async () => {
    const { code, stdout } = await run(['models', 'relabel', 'tiny', 'red=dark red', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ name: 'tiny', version: '2', labels: ['dark red', 'blue'] });
    const [old, next] = [await openStore().resolve('tiny'), await openStore().resolve('tiny@2')];
    expect(old.version).toBe('1');
    const file = ({ folder }: { folder: string }) => readFile(join(folder, 'model.onnx'));
    expect(await file(next)).toEqual(await file(old));
    expect(next.manifest.output).toMatchObject({ labels: ['dark red', 'blue'] });
    expect(next.manifest.provenance.relabelled).toEqual({ from: 'tiny@1', labels: { red: 'dark red' } });
  });

  it('swaps two labels', async () => {
    const { stdout } = await run(['models', 'relabel', 'tiny@1', 'red=blue', 'blue=red', '--json']);
    expect(JSON.parse(stdout).labels).toEqual(['blue', 'red']);
  });

  it.each([
    ['ed=x', /"ed"[\s\S]*Did you mean red/],
    ['red=blue', /cannot be told apart/],
    ['red', /OLD=NEW/],
    ['red=', /OLD=NEW/],
  ])('refuses %s', async (pair, message) => {
    const { code, stderr } = await run(['models', 'relabel', 'tiny@1', pair]);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
  });

  it('makes no new version of a damaged one, whose sha256 would be right again', async () => {
    const { folder } = await saveTinyModel(openStore(), 'hurt');
    const file = join(folder, 'model.onnx');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    const { code, stderr } = await run(['models', 'relabel', 'hurt', 'red=x']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('Version 1 of hurt is damaged')]);
  });
});
