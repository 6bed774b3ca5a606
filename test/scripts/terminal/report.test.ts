import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { asTyped, printable, printableJson, printableLine, say } from '../../../scripts/terminal/report.ts';

const HOSTILE = 'a\u001b[2Jb\u009b31mc\u202ed\u2028e\rf\bg\u0000h\u007f\u200bi\ufeffj';

describe('printable', () => {
  it('shows what would move the cursor or turn the text', () => {
    expect(printable(HOSTILE)).toBe(
      'a\\u001b[2Jb\\u009b31mc\\u202ed\\u2028e\\u000df\\u0008g\\u0000h\\u007f\\u200bi\\ufeffj',
    );
  });

  it('leaves lines, accents and other scripts alone', () => {
    for (const text of ['two\nlines', 'Zürich', '日本語', '👩\u200d🚀 ok', 'e\u0301'] as const)
      expect(printable(text)).toBe(text);
  });

  it('keeps names on the one line of theirs where a line is meant', () => {
    expect(printableLine('a.jpg\nfreezeframe: all is well')).toBe('a.jpg\\u000afreezeframe: all is well');
  });

  it('shows half a pair, which no encoding has', () => {
    expect(printable('\ud83e')).toBe('\\ud83e');
  });
});

describe('printableJson', () => {
  it('means the same, on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = printableJson({ [HOSTILE]: text });
        expect(json).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
        expect(JSON.parse(json)).toEqual({ [HOSTILE]: text });
      }),
    );
  });
});

describe('commands that are printed', () => {
  afterEach(() => vi.unstubAllEnvs());

  const SAID =
    'Run freezeframe bundle first, or npx freezeframe dev. It is in /tmp/freezeframe x, freezeframe: no. Usage: freezeframe [options]';

  it('have npx before them where a package manager has started this one', () => {
    vi.stubEnv('npm_config_user_agent', 'npm/11.0.0 node/v20');
    const typed = SAID.replace('Run freeze', 'Run npx freeze').replace('Usage: freeze', 'Usage: npx freeze');
    expect(asTyped(SAID)).toBe(typed);
  });

  it('have it on stderr too', () => {
    vi.stubEnv('npm_config_user_agent', 'npm/11.0.0 node/v20');
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    say('warn bundle\n  -> freezeframe bundle\x1b[2J');
    const [[text] = []] = written.mock.calls;
    written.mockRestore();
    expect(text).toBe('warn bundle\n  -> npx freezeframe bundle\\u001b[2J\n');
  });

  it('are bare where the name itself was typed', () => {
    vi.stubEnv('npm_config_user_agent', '');
    expect(asTyped(SAID)).toBe(SAID);
  });
});
