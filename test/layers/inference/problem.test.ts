import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FreezeframeError, ModelError, PictureError, PROBLEMS, toProblem } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

/** Codes as they are written where errors are made: first argument of a constructor or of `nativeError`. */
function codesIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  const text = files.map((file) => readFileSync(join(root, folder, file), 'utf8')).join('\n');
  return [...text.matchAll(/(?:new (?:Freezeframe|Picture|Request|Model)Error|nativeError)\(\s*'([^']+)'/g)].map(
    ([, code]) => code as string,
  );
}

describe('PROBLEMS', () => {
  it.each(['layers/inference/src', 'functions'])('has every code that %s throws', (folder) => {
    const codes = codesIn(folder);
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((code) => !Object.hasOwn(PROBLEMS, code))).toEqual([]);
  });

  it('has statuses of errors only, and codes that fit into an address', () => {
    for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title).not.toBe('');
    }
  });
});

describe('toProblem', () => {
  it('tells the sender what to change', () => {
    const error = new PictureError('picture-empty', 'Expected a picture', {
      remedy: 'Send one.',
      cause: new Error('/opt/x'),
    });
    expect(toProblem(error, '/classify')).toEqual({
      type: '/errors#picture-empty',
      title: 'There is no picture',
      status: 400,
      detail: 'Expected a picture',
      remedy: 'Send one.',
      instance: '/classify',
    });
  });

  it.each([
    [new Error('/opt/secret'), 500, 'internal'],
    // @ts-expect-error The compiler refuses a code that is not listed.
    [new FreezeframeError('no-such-code', '/opt/secret'), 500, 'internal'],
    [new FreezeframeError('toString' as never, '/opt/secret'), 500, 'internal'],
    [new ModelError('model-corrupt', '/opt/secret', { remedy: '/opt/secret' }), 503, 'model-corrupt'],
    ['/opt/secret', 500, 'internal'],
    [undefined, 500, 'internal'],
  ])('says nothing internal of %s', (error, status, code) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status, type: `/errors#${code}` });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
