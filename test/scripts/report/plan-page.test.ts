import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePlanPage } from '../../../scripts/report/index.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { HOSTILE } from './sample.ts';

it('shows a plan: which size to take, all figures, charts, and what they rest on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-plan-page-'));
  try {
    const plan = samplePlan(HOSTILE);
    const file = join(folder, 'plan.html');
    await writePlanPage(plan, file);
    const text = await readFile(file, 'utf8');
    const { memoryMb } = plan.recommended;
    expect(text).toContain(`<span class="big">${(memoryMb as number).toLocaleString('en')} MB</span>`);
    for (const { costPerMonth } of plan.sizes) expect(text).toContain(`$${(costPerMonth as number).toFixed(2)}`);
    expect(text.match(/<svg [^>]*role="img"/g)).toHaveLength(4);
    expect(text.match(/<li>[^<]+ <span class="note">/g)).toHaveLength(plan.assumptions.length);
    expect(text).toContain('The measured times are unsteady');
    expect(text).not.toContain('<script');
    await writePlanPage({ ...plan, sizes: plan.sizes.slice(0, 1), recommended: { why: 'No size will do.' } }, file);
    expect(await readFile(file, 'utf8')).toContain('<span class="big">None</span> <span>No size will do.</span>');
  } finally {
    await rm(folder, { recursive: true });
  }
});
