import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS } from '@freezeframe/inference';
import ERROR_CODES from '@freezeframe/inference/error-codes' with { type: 'json' };
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const GRAMMAR = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const codes = Object.keys(ERROR_CODES);

/** The source files that make errors. */
function sources(): string[] {
  return ['scripts', 'functions', 'layers/inference/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
}

/** Codes that no source names as a value; a key of `PROBLEMS` or of another table is no use of it. */
function unused(listed: readonly string[], texts: readonly string[]): string[] {
  const used = new Set(texts.flatMap((text) => [...text.matchAll(/'([a-z0-9-]+)'(?!:)/g)].map(([, code]) => code)));
  return listed.filter((code) => !used.has(code));
}

// That every code which is used is listed holds the compiler: `new FreezeframeError` takes no other
// (`problem.test.ts` has a line that must not compile).
describe('ERROR_CODES', () => {
  it('has no code that nothing uses', () => {
    expect(unused(codes, sources())).toEqual([]);
    expect(unused(['is-used', 'is-not'], ["throw new ModelError('is-used')", "{ 'is-not': 1 }"])).toEqual(['is-not']);
  });

  it('has lower-case words joined by hyphens, each with sentences', () => {
    expect(codes.filter((code) => !GRAMMAR.test(code))).toEqual([]);
    for (const wrong of ['notFound', 'not_found', 'Not-found', 'not-', '']) expect(wrong).not.toMatch(GRAMMAR);
    for (const [code, says] of Object.entries(ERROR_CODES)) expect(says, code).toMatch(/^[A-Z`].*[^.]\.$/);
  });

  it('has every problem that may reach a client', () => {
    expect(Object.keys(PROBLEMS).filter((code) => !codes.includes(code))).toEqual([]);
  });
});
