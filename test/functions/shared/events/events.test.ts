import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INVOCATIONS, MESSAGES } from '../../../../functions/shared/events/index.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const folder = join(root, 'functions/shared/events');
/** What is no kind of event, but what kinds are made of, or refused by. */
const OTHERS = ['index', 'kind', 'misdirected'];
const kinds = readdirSync(folder)
  .map((file) => file.replace('.ts', ''))
  .filter((name) => !OTHERS.includes(name));

/** The kinds that a table in a document has no row of. */
const undocumented = (names: readonly string[], text: string) =>
  names.filter((name) => !text.includes(`| \`${name}\` |`));

describe('the registry of events', () => {
  it.each(kinds)('has %s', async (name) => {
    const exported = Object.values(await import(join(folder, `${name}.ts`)));
    const listed = [...MESSAGES, ...INVOCATIONS].filter((kind) => exported.includes(kind));
    expect(new Set(listed).size).toBe(1);
  });

  it('has nothing else', () => {
    expect(new Set([...MESSAGES, ...INVOCATIONS]).size).toBe(kinds.length);
  });

  it('has a row for each kind in docs/events.md', () => {
    expect(undocumented(kinds, readFileSync(join(root, 'docs/events.md'), 'utf8'))).toEqual([]);
    expect(undocumented(['job-request', 'letter'], '| a | `job-request` | b |')).toEqual(['letter']);
  });

  it('leaves a message that no kind recognises to its reader, and every invocation to a kind', () => {
    for (const event of [null, 7, 'text', [], {}, { hello: 1 }]) {
      expect(MESSAGES.some(({ recognises }) => recognises(event))).toBe(false);
      expect(INVOCATIONS.some(({ recognises }) => recognises(event))).toBe(true);
    }
  });
});
