import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What would run or install the package of somebody else: `freezeframe` on npm is not ours. */
const STRANGERS = [
  // A version makes npx ask the registry, and init is for folders where nothing is installed.
  /\b(npx|npm exec|pnpm dlx|yarn dlx|bunx)\s+(-\S+\s+)*freezeframe(@\S|\s+init\b)/,
  /\b(pnpm dlx|yarn dlx|bunx)\s+(-\S+\s+)*freezeframe\b/,
  /\b(npm|pnpm|yarn)\s+(i|install|add)\s+([^`\n]*\s)?freezeframe\b(?!\/)/,
];

/** What would let scripts of packages run: nothing in a folder of somebody else forbids it. */
const SCRIPTS = /\b(npx|npm exec|npm (i|install|add))\s+(?![^`\n]*--ignore-scripts)([^`\n]*\s)?@freezeframe\/cli\b/;

function runsStrangers(text: string): string[] {
  return text.split('\n').filter((line) => STRANGERS.some((pattern) => pattern.test(line)));
}

function textsOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|ts|js|mjs|cjs|yml|json)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'));
}

describe('a command that is printed or documented', () => {
  it('never runs the package of somebody else', () => {
    const files = [
      ...['docs', 'functions', 'layers', 'packages', 'resources', 'scripts'].flatMap(textsOf),
      'README.md',
    ];
    expect(files.length).toBeGreaterThan(500);
    const found = files.flatMap((file) =>
      runsStrangers(readFileSync(join(ROOT, file), 'utf8')).map((line) => `${file}: ${line}`),
    );
    expect(found).toEqual([]);
  });

  it('lets no script of a package run while it installs ours', () => {
    const files = ['README.md', ...['docs', 'packages', 'scripts'].flatMap(textsOf)];
    const lines = files.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').split('\n'));
    expect(lines.filter((line) => SCRIPTS.test(line))).toEqual([]);
    expect('npx @freezeframe/cli init').toMatch(SCRIPTS);
  });

  it.each([
    'npx freezeframe init',
    'npx freezeframe@latest train',
    'npm install -D freezeframe',
    'pnpm dlx freezeframe',
  ])('would be seen as %s', (line) => expect(runsStrangers(line)).toEqual([line]));

  it.each([
    'npx freezeframe train photos',
    'npx @freezeframe/cli init',
    'npm create freezeframe@latest x',
    'npm install --save-dev @freezeframe/cli@^1',
  ])('may be %s', (line) => expect(runsStrangers(line)).toEqual([]));
});
