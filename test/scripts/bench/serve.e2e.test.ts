import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { main } from '../../../scripts/bench/main.ts';
import type { ServeFigures } from '../../../scripts/bench/serve/run.ts';

const samples = process.env.MODELS_SAMPLE_DIR;
if (!samples) console.log('serve: skipped, MODELS_SAMPLE_DIR names no model to serve');

const out = mkdtempSync(join(tmpdir(), 'bench-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

it.skipIf(!samples)(
  'measures the built function beside the floor, and writes what it found',
  { timeout: 300_000 },
  async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const told = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await main(['serve', '--rounds', '1', '--only', 'freezeframe', '--out', out]);
    said.mockRestore();
    told.mockRestore();
    expect(code).toBe(0);
    const { figures } = JSON.parse(readFileSync(join(out, 'serve.json'), 'utf8')) as { figures: ServeFigures };
    expect(Object.keys(figures)).toEqual(['freezeframe', 'floor']);
    for (const subject of Object.values(figures)) {
      expect(subject.skipped).toBeUndefined();
      expect(subject.cold?.readyMs).toBeGreaterThan(0);
      expect(subject.bytes).toBeGreaterThan(50e6);
      expect(Object.keys(subject.warm ?? {})).toHaveLength(4);
      for (const warm of Object.values(subject.warm ?? {})) expect(warm).toMatchObject({ sameLabel: true });
    }
    expect(readFileSync(join(out, 'serve.md'), 'utf8')).toContain('| freezeframe |');
    expect(readFileSync(join(out, 'serve.svg'), 'utf8')).toContain('<svg');
  },
);
