import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { planFreeze } from '../../../scripts/convert/plan/plan.ts';
import { resolveLayers } from '../../../scripts/convert/plan/resolve-layers.ts';
import { importModel } from '../../../scripts/import/import-model.ts';
import { readModel } from '../../../scripts/read/read-model.ts';
import { openStore } from '../../../scripts/store/index.ts';

vi.mock('../../../scripts/convert/plan/resolve-layers.ts', async (original) => {
  const own = await original<typeof import('../../../scripts/convert/plan/resolve-layers.ts')>();
  return { ...own, resolveLayers: vi.fn(own.resolveLayers) };
});

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/keras/${name}`, import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-once-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => void vi.mocked(resolveLayers).mockClear());

it.each(['trained-with-adam.k3.keras', 'sequential-in-functional.k3.keras'])('plans %s once', async (name) => {
  const path = fixture(name);
  await importModel({ path, name: 'once', store: openStore(folder) });
  expect(resolveLayers).toHaveBeenCalledTimes(1);
});

it('counts a second plan', async () => {
  const { imported } = await readModel(fixture('trained-with-adam.k3.keras'));
  if (imported.kind === 'keras') planFreeze(imported.model);
  expect(resolveLayers).toHaveBeenCalledTimes(2);
});
