import { describe, expect, it } from 'vitest';
import { dated, isReleased, unreleased } from '../../../../scripts/packages/release/changelog.ts';
import { nextVersion } from '../../../../scripts/packages/release/version.ts';

describe('the next version', () => {
  it.each([
    ['0.1.0', false, '### Added', undefined, '0.1.0'],
    ['0.1.0', true, '### Added', undefined, '0.2.0'],
    ['0.1.0', true, '### Fixed', undefined, '0.1.1'],
    ['0.1.0', true, '### Fixed\n### Removed', undefined, '0.2.0'],
    ['1.4.2', true, '### Removed', undefined, '2.0.0'],
    ['1.4.2', true, '### Security', undefined, '1.4.3'],
    ['1.4.2', true, '### Fixed', 'minor', '1.5.0'],
    ['1.4.2', true, '### Fixed', '1.10.0', '1.10.0'],
    ['0.1.0', false, '### Added', '0.1.0', '0.1.0'],
  ])('after %s (released: %s) with %j and %j is %s', (current, released, changes, wanted, next) => {
    expect(nextVersion(current, released, changes, wanted)).toBe(next);
  });

  it.each(['1.4.2', '1.4.1', '1.3.9', '0.9.0', '1.5', 'v1.5.0', '01.5.0', 'next', ''])(
    'is not %j after 1.4.2',
    (wanted) => {
      expect(() => nextVersion('1.4.2', true, '### Added', wanted)).toThrow(/Expected a version/);
    },
  );
});

describe('the changelog', () => {
  const text =
    '# Changelog\n\nVersions. Nothing is released yet.\n\n## [Unreleased]\n\n### Added\n\n- a\n\n## [0.1.0] - 2026-01-01\n\n- old\n';

  it('gives what is not released yet, and dates it', () => {
    expect(unreleased(text)).toBe('### Added\n\n- a');
    const after = dated(text, '0.2.0', '2026-12-01');
    expect(after).toBe(
      '# Changelog\n\nVersions.\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- a\n\n## [0.1.0] - 2026-01-01\n\n- old\n',
    );
    expect([isReleased(text, '0.2.0'), isReleased(after, '0.2.0'), isReleased(after, '0.1.0')]).toEqual([
      false,
      true,
      true,
    ]);
    expect(() => unreleased(after)).toThrow('there is nothing to release');
    expect(() => unreleased('# Changelog\n')).toThrow('has no line');
  });
});
