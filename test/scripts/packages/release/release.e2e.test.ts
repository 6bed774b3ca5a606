import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MANIFESTS } from '../../../../scripts/packages/release/edits.ts';
import { signer } from '../../../../scripts/packages/release/provenance.ts';
import { type ReleaseOptions, release } from '../../../../scripts/packages/release/release.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** Stands in for npm: writes down what it was asked; `view` knows what the file `out` lists. */
const NPM = `#!/bin/sh
echo "$*" >> "$NPM_SAID"
case "$1" in
  view) grep -qx "$2" "$NPM_OUT" && echo "\${2##*@}"; exit 0 ;;
  publish) [ -z "$NPM_FAILS" ] || { echo refused >&2; exit 1; } ;;
esac
`;

describe.skipIf(process.platform === 'win32')('a release', () => {
  let root: string;
  let said: string[];
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const text = (file: string) => readFile(join(root, file), 'utf8');
  const asked = async () => (await text('../said').catch(() => '')).trim().split('\n').filter(Boolean);

  beforeEach(async () => {
    const work = await mkdtemp(join(tmpdir(), 'freezeframe release-'));
    root = join(work, 'project');
    said = [];
    for (const file of [...MANIFESTS, 'package-lock.json', 'CITATION.cff', 'CHANGELOG.md']) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), await readFile(join(ROOT, file)));
    }
    await mkdir(join(work, 'bin'));
    await writeFile(join(work, 'bin', 'npm'), NPM);
    await chmod(join(work, 'bin', 'npm'), 0o755);
    await writeFile(join(work, 'out'), '');
    vi.stubEnv('PATH', `${join(work, 'bin')}${delimiter}${process.env.PATH}`);
    vi.stubEnv('NPM_SAID', join(work, 'said'));
    vi.stubEnv('NPM_OUT', join(work, 'out'));
    for (const role of ['AUTHOR', 'COMMITTER']) {
      vi.stubEnv(`GIT_${role}_NAME`, 'Somebody');
      vi.stubEnv(`GIT_${role}_EMAIL`, 'somebody@example.org');
    }
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Begin');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(dirname(root), { recursive: true });
  });

  const start = (more: Partial<ReleaseOptions> = {}) =>
    release({
      root,
      dryRun: false,
      unsigned: true,
      date: '2026-12-01',
      pack: async () => [
        { name: 'a', tarball: 'a.tgz', packed: 10 },
        { name: 'b', tarball: 'b.tgz', packed: 20 },
      ],
      say: (line) => said.push(line),
      env: {},
      ...more,
    });

  it('tried dry, changes nothing and asks nobody', async () => {
    await start({ dryRun: true, unsigned: false });
    expect(said.join('\n')).toMatch(
      /Version 0\.1\.0 .*\n(.*\n)*Packed a: 10 bytes.*\n(.*\n)*Commit "Release 0\.1\.0", tag v0\.1\.0/,
    );
    expect(said.join('\n')).toContain('nobody does here');
    expect([git('status', '--porcelain'), git('tag'), await asked()]).toEqual(['', '', []]);
  });

  it('dates the changelog, packs, commits, tags and publishes', async () => {
    await start({ version: '0.2.0' });
    expect(git('log', '-1', '--format=%s')).toBe('Release 0.2.0');
    expect([git('tag', '--points-at', 'HEAD'), git('status', '--porcelain')]).toEqual(['v0.2.0', '']);
    for (const file of [...MANIFESTS, 'package-lock.json']) {
      expect(JSON.parse(await text(file)), file).toMatchObject({ version: '0.2.0' });
    }
    expect(await text('CHANGELOG.md')).toContain('## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n');
    expect(await text('CHANGELOG.md')).not.toContain('Nothing is released yet');
    expect(await text('CITATION.cff')).toContain("version: 0.2.0\ndate-released: '2026-12-01'\n");
    const publish = (name: string) => [`view ${name}@0.2.0 version`, `publish ${name}.tgz --access public`];
    expect(await asked()).toEqual([...publish('a'), ...publish('b')]);
  });

  it('keeps the lock file as npm writes it', async () => {
    const before = await text('package-lock.json');
    await start({ version: '0.2.0' });
    const changed = (await text('package-lock.json')).split('\n').filter((line, i) => line !== before.split('\n')[i]);
    expect(new Set(changed.map((line) => line.trim()))).toEqual(new Set(['"version": "0.2.0",']));
  });

  it('puts everything back where packing fails', async () => {
    const pack = async () => {
      throw new Error('it broke');
    };
    await expect(start({ version: '0.2.0', pack })).rejects.toThrow('it broke');
    expect([git('status', '--porcelain'), git('tag'), git('log', '-1', '--format=%s')]).toEqual(['', '', 'Begin']);
  });

  it('goes on with what is not out yet where publishing failed', async () => {
    vi.stubEnv('NPM_FAILS', 'yes');
    await expect(start()).rejects.toThrow('refused');
    expect(git('tag')).toBe('v0.1.0');
    vi.stubEnv('NPM_FAILS', '');
    await writeFile(join(root, '..', 'out'), 'a@0.1.0\n');
    await start();
    expect(said).toEqual(expect.arrayContaining(['a@0.1.0 is out already.', 'Published b@0.1.0.']));
    expect(git('rev-list', '--count', 'HEAD')).toBe('2');
  });

  it('is signed where somebody signs, and refused where nobody does and nobody said so', async () => {
    await expect(start({ unsigned: false })).rejects.toThrow('--unsigned');
    const env = { GITHUB_ACTIONS: 'true', ACTIONS_ID_TOKEN_REQUEST_URL: 'https://example.org' };
    await start({ unsigned: false, env });
    expect((await asked()).at(-1)).toBe('publish b.tgz --access public --provenance');
    expect([signer({ GITHUB_ACTIONS: 'true' }), signer({ GITLAB_CI: 'true', SIGSTORE_ID_TOKEN: 'x' })]).toEqual([
      undefined,
      'GitLab CI',
    ]);
  });

  it('is refused while files are changed, and for a tag that is there', async () => {
    await writeFile(join(root, 'CHANGELOG.md'), 'x');
    await expect(start()).rejects.toThrow('CHANGELOG.md');
    git('checkout', '--', '.');
    git('tag', 'v0.3.0');
    await expect(start({ version: '0.3.0' })).rejects.toThrow('tag v0.3.0 already');
  });
});

describe('what is true of a release', () => {
  it('every manifest of the project is known to it', () => {
    const files = execFileSync('git', ['ls-files', '*package.json'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n');
    const ours = files.filter((file) => !file.startsWith('test/'));
    expect(ours.filter((file) => !(MANIFESTS as readonly string[]).includes(file))).toEqual([]);
  });

  it('CITATION.cff says the version and the licence of package.json', async () => {
    const { version, license } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const citation = await readFile(join(ROOT, 'CITATION.cff'), 'utf8');
    expect(citation).toContain(`\nversion: ${version}\n`);
    expect(citation).toContain(`\nlicense: ${license}\n`);
  });

  it('forms for issues ask for commands that there are', async () => {
    const folder = join(ROOT, '.github', 'ISSUE_TEMPLATE');
    const { COMMANDS } = await import('../../../../scripts/commands/index.ts');
    const names = COMMANDS.map(({ name }) => name);
    for (const form of ['wrong-or-broken.yml', 'model.yml', 'wish.yml']) {
      const asks = await readFile(join(folder, form), 'utf8');
      expect(asks).toMatch(/^name: .+\ndescription: .+\nlabels: \[.+\]\nbody:\n {2}- type: /);
      for (const [, name = ''] of asks.matchAll(/`freezeframe ([a-z]+)/g)) expect(names).toContain(name);
    }
  });
});
