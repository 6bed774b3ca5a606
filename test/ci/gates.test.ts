import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** A project of a few files under the rules of this one. */
function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'freezeframe-gates-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const rules of ['biome.json', 'knip.jsonc', 'tsconfig.json'])
    copyFileSync(join(ROOT, rules), join(folder, rules));
  mkdirSync(join(folder, 'scripts'));
  const manifest = { name: 'gates', type: 'module', main: 'scripts/main.ts', imports: { '#b': './scripts/b.ts' } };
  for (const [name, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function run(cwd: string, program: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...words], {
    cwd,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

const BIOME = ['@biomejs/biome/bin/biome', 'lint', '.'] as const;
const KNIP = ['knip/bin/knip.js', '--no-progress', '--no-config-hints'] as const;
const GOOD = {
  'scripts/main.ts': "import { b } from '#b';\n\nconsole.log(b);\n",
  'scripts/b.ts': 'export const b = 1;\n',
};

describe('the gates of lint', () => {
  it('let a project without faults through', () => {
    const folder = project(GOOD);
    expect(run(folder, ...BIOME)).toMatchObject({ status: 0 });
    expect(run(folder, ...KNIP)).toMatchObject({ status: 0 });
  });

  it('go red on a circle, also through a name of package.json', () => {
    const circle = "import { c } from './c.ts';\n\nexport const b = () => c;\n";
    const back = "import { b } from '#b';\n\nexport const c = () => b;\n";
    const { status, output } = run(project({ ...GOOD, 'scripts/b.ts': circle, 'scripts/c.ts': back }), ...BIOME);
    expect(status).toBe(1);
    expect(output).toContain('noImportCycles');
  });

  it.each([
    ['an unused export', { 'scripts/b.ts': 'export const b = 1;\nexport const unused = 2;\n' }, 'unused'],
    ['an unused file', { 'scripts/alone.ts': 'export {};\n' }, 'scripts/alone.ts'],
    ['a package that is not listed', { 'scripts/b.ts': "export { z as b } from 'zod';\n" }, 'zod'],
  ])('go red on %s', (_, files, named) => {
    const { status, output } = run(project({ ...GOOD, ...files }), ...KNIP);
    expect(status).toBe(1);
    expect(output).toContain(named);
  });
});
