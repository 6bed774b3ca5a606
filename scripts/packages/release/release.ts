import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isReleased, unreleased } from './changelog.ts';
import { editsFor } from './edits.ts';
import { signer } from './provenance.ts';
import { nextVersion } from './version.ts';

/** What is published: its name and the file that npm sends. */
interface Published {
  readonly name: string;
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly packed: number;
}

export interface ReleaseOptions {
  readonly root: string;
  /** `1.2.3`, `major`, `minor`, `patch`; what the changelog calls for if left out. */
  readonly version?: string | undefined;
  readonly dryRun: boolean;
  /** Publishes where nobody signs. */
  readonly unsigned: boolean;
  /** `2030-12-31` */
  readonly date: string;
  /** Makes the packages of the tree as it is now. */
  readonly pack: () => Promise<readonly Published[]>;
  readonly say: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * One release: version, dated changelog, packages, commit, tag, npm. Where packing fails, every file is as it was. Where
 * publishing fails, the commit and its tag stay, and the same command goes on with the packages that are not out yet.
 * @throws Error with what is in the way.
 */
export async function release(options: ReleaseOptions): Promise<void> {
  const { root, dryRun, date, pack, say, env = process.env } = options;
  const git = (...words: string[]) => run('git', words, root);
  const { version: current } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
  const tags = (await git('tag', '--list', 'v*')).split('\n');
  const changed = await git('status', '--porcelain');
  if (changed !== '' && !dryRun) throw new Error(`Files are changed that no commit has:\n${changed}`);
  const signed = signer(env);
  if (!dryRun && !signed && !options.unsigned) {
    throw new Error('Nobody signs here. Release from a hosted CI that does, or say --unsigned.');
  }
  if (!dryRun && (await isTagged(git, `v${current}`))) {
    say(`v${current} is committed and tagged already: going on with what is not published.`);
    await publish(await pack(), current, options, signed);
    return;
  }
  const version = nextVersion(current, isReleased(changelog, current), unreleased(changelog), options.version);
  const tag = `v${version}`;
  if (tags.includes(tag)) throw new Error(`There is a tag ${tag} already.`);
  const edits = await editsFor(root, version, date);
  say(`Version ${version} (package.json says ${current}), ${date}`);
  say(`Edit ${[...edits.keys()].join(', ')}`);
  if (dryRun) {
    if (changed !== '') say('Files are changed that no commit has: a release would stop here.');
    const packages = await pack();
    for (const { name, tarball, packed } of packages) say(`Packed ${name}: ${packed} bytes, ${tarball}`);
    if (version !== current) say(`They say ${current}; a release packs them again as ${version}.`);
    say(`Commit "Release ${version}", tag ${tag}`);
    for (const { name } of packages) say(`Publish ${name}: npm ${publishWords('TARBALL', signed).join(' ')}`);
    say(
      signed
        ? `Signed by ${signed}.`
        : 'Provenance: a hosted CI signs it; nobody does here, and a release needs --unsigned.',
    );
    say('Nothing but build/packages was changed, and nobody was asked.');
    return;
  }
  const packages = await withEdits(root, edits, pack);
  await git('add', ...edits.keys());
  await git('commit', '--quiet', '--message', `Release ${version}`);
  await git('tag', '--annotate', tag, '--message', tag);
  say(`Committed and tagged ${tag}.`);
  await publish(packages, version, options, signed);
}

/** Writes the edits and works with them; puts everything back where that fails. */
async function withEdits<T>(root: string, edits: ReadonlyMap<string, string>, work: () => Promise<T>): Promise<T> {
  const before = await Promise.all(
    [...edits.keys()].map(async (file) => [file, await readFile(join(root, file))] as const),
  );
  try {
    for (const [file, text] of edits) await writeFile(join(root, file), text);
    return await work();
  } catch (error) {
    for (const [file, bytes] of before) await writeFile(join(root, file), bytes);
    throw error;
  }
}

async function publish(
  packages: readonly Published[],
  version: string,
  { root, say }: ReleaseOptions,
  signed: string | undefined,
): Promise<void> {
  for (const { name, tarball } of packages) {
    const there = await run('npm', ['view', `${name}@${version}`, 'version'], root).catch(() => '');
    if (there === version) {
      say(`${name}@${version} is out already.`);
      continue;
    }
    await run('npm', publishWords(tarball, signed), root);
    say(`Published ${name}@${version}${signed ? `, signed by ${signed}` : ''}.`);
  }
  say(`To do: git push --follow-tags origin HEAD`);
}

function publishWords(tarball: string, signed: string | undefined): string[] {
  return ['publish', tarball, '--access', 'public', ...(signed ? ['--provenance'] : [])];
}

/** Whether the commit that is checked out has this tag. */
async function isTagged(git: (...words: string[]) => Promise<string>, tag: string): Promise<boolean> {
  return (await git('tag', '--points-at', 'HEAD')).split('\n').includes(tag);
}

async function run(program: string, words: readonly string[], cwd: string): Promise<string> {
  const shell = process.platform === 'win32' && program === 'npm';
  const { stdout } = await promisify(execFile)(program, words, { cwd, shell, maxBuffer: 1 << 26 });
  return stdout.trim();
}
