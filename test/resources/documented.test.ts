import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const alarms = require('../../resources/alarms.cjs') as (tools: {
  resolveVariable(name: string): Promise<unknown>;
}) => Promise<{ Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> }>;

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** Everything between backticks in the first column of a document's tables. */
function firstColumn(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, word]) => word as string));
}

describe('docs/operate.md', () => {
  it('says of every alarm what it means and what to do, and of no other', async () => {
    const { Resources } = await alarms({ resolveVariable: async (name) => (name.endsWith('ptions') ? [] : 1) });
    const made = Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([id]) => id.replace(/Alarm$/, ''));
    expect(made).toContain('DeadLetters');
    const [, section = ''] = /\n## Alarms\n([\s\S]*?)\n## /.exec(read('docs/operate.md')) ?? [];
    expect(firstColumn(section).sort()).toEqual(made.sort());
    for (const row of section.split('\n').filter((line) => line.startsWith('| `'))) {
      expect(
        row
          .split('|')
          .map((cell) => cell.trim())
          .filter(Boolean),
        row,
      ).toHaveLength(3);
    }
  });
});
