import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { planFreeze } from '../../../scripts/convert/plan/plan.ts';
import { definitionOf } from '../../../scripts/convert/plan/resolve-layers.ts';
import { importModel } from '../../../scripts/import/import-model.ts';
import { readModel } from '../../../scripts/read/read-model.ts';
import { openStore } from '../../../scripts/store/index.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/keras/${name}`, import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-once-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
/** Both models have Dense layers, whose options are read once in each plan. */
let read: MockInstance;
beforeEach(() => {
  const dense = definitionOf({ class_name: 'Dense', config: {} });
  read = vi.spyOn(dense?.config as { safeParse(value: unknown): unknown }, 'safeParse');
});
afterEach(() => read.mockRestore());

/** How often the options of the layer were read that were read most often. */
function plans(): number {
  const names = read.mock.calls.map(([config]) => (config as { name: string }).name);
  return Math.max(...names.map((name) => names.filter((other) => other === name).length));
}

it.each(['trained-with-adam.k3.keras', 'sequential-in-functional.k3.keras'])('plans %s once', async (name) => {
  await importModel({ path: fixture(name), name: 'once', store: openStore(folder) });
  expect(plans()).toBe(1);
});

it('counts a second plan', async () => {
  const { imported } = await readModel(fixture('trained-with-adam.k3.keras'));
  if (imported.kind === 'keras') planFreeze(imported.model);
  expect(plans()).toBe(2);
});
