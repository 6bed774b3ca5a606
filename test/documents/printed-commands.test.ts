import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everyPlace, strangeFlags } from './flags.ts';
import { commandsOf, documents, hiddenCommands, printedIn, ROOT } from './printed-commands.ts';
import { misfits, WALKS } from './walks.ts';

/** Pages of packages, which are not read in their order. */
const READMES = ['CHANGELOG.md', 'layers/inference/README.md', 'packages/cli/README.md', 'packages/create/README.md'];

/** Files of the reader's own project, and a pattern. */
const INVENTED = ['functions/NAME/', 'functions/thumbnail/index.ts', 'docs/decisions/NNN-title.md'];

describe('commands that documents print', () => {
  it('have a walk that types them, or says why not', async () => {
    const all = await documents();
    const wrong = await Promise.all(all.map(async (name) => misfits(name, await printedIn(name), WALKS[name])));
    expect(wrong.flat()).toEqual([]);
    expect(Object.keys(WALKS).filter((name) => !all.includes(name))).toEqual([]);
  });

  it('stand in blocks that are marked sh', async () => {
    for (const name of await documents()) {
      expect(hiddenCommands(await readFile(join(ROOT, name), 'utf8')), name).toEqual([]);
    }
  });

  it('are read without comments, and over several lines', () => {
    const text = '```sh\nnpx a b   # why\nnpx c \\\n    --d "e # f"\n```\n\n    npm x\n\n```\ncurl y\n```\n';
    expect(commandsOf(text)).toEqual(['npx a b', 'npx c --d "e']);
    expect(hiddenCommands(text)).toEqual(['curl y', 'npm x']);
  });

  it('are missed where a walk is, is not, or gives a reason for something else', () => {
    expect(misfits('a.md', ['npm x'], undefined)).toHaveLength(1);
    expect(misfits('a.md', [], {})).toHaveLength(1);
    expect(misfits('a.md', ['npm x'], { untyped: { 'npm y': 'for a reason that is long enough' } })).toHaveLength(1);
    expect(misfits('a.md', ['npm x'], { untyped: { 'npm x': 'because' } })).toHaveLength(1);
    expect(misfits('a.md', ['npm x'], { untyped: { 'npm x': 'for a reason that is long enough' } })).toEqual([]);
  });
});

describe('the index of documents', () => {
  it('leads to every page, and to none that is not there', async () => {
    const index = await readFile(join(ROOT, 'docs/README.md'), 'utf8');
    const targets = [...index.matchAll(/\]\(([\w-]+\.md)/g)].map(([, name]) => `docs/${name}`);
    const pages = (await documents()).filter((name) => /^docs\/[^/]+\.md$/.test(name) && name !== 'docs/README.md');
    expect(new Set(targets)).toEqual(new Set(pages));
  });
});

describe('options in documents', () => {
  it('are those that their commands take', async () => {
    const places = await everyPlace();
    const strange: string[] = [];
    for (const name of [...(await documents()), ...READMES]) {
      strange.push(...strangeFlags(name, await readFile(join(ROOT, name), 'utf8'), places));
    }
    expect(strange).toEqual([]);
  });

  it('are missed where a command takes others, or nobody any', async () => {
    const text =
      'npx freezeframe models tag gnomes@2 production --keep 2 # --nope\n`--nope` of `freezeframe plan \\\n --rate 1`';
    expect(strangeFlags('a.md', text, await everyPlace())).toEqual([
      'a.md: models tag takes no --keep',
      'a.md: nothing takes --nope',
    ]);
  });
});

describe('files that documents name', () => {
  it('are there', async () => {
    const absent: string[] = [];
    for (const name of [...(await documents()), ...READMES]) {
      const text = await readFile(join(ROOT, name), 'utf8');
      for (const [, path = ''] of text.matchAll(
        /`((?:docs|functions|layers|packages|resources|scripts|test|\.ci)\/[\w./-]+)`/g,
      )) {
        if (!INVENTED.includes(path) && !existsSync(join(ROOT, path))) absent.push(`${name}: ${path}`);
      }
    }
    expect(absent).toEqual([]);
  });
});

describe('links in documents', () => {
  it('lead to files and headings that are there', async () => {
    const broken: string[] = [];
    for (const name of [...(await documents()), ...READMES]) {
      const text = await readFile(join(ROOT, name), 'utf8');
      for (const [, target = ''] of text.replaceAll(/```[\s\S]*?```|`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^\w+:/.test(target)) continue;
        const [path = '', heading] = target.split('#');
        const file = path ? join(ROOT, name, '..', path) : join(ROOT, name);
        const page = path.endsWith('/') ? '' : await readFile(file, 'utf8').catch(() => undefined);
        if (!existsSync(file) || (heading && !anchors(page ?? '').includes(heading))) broken.push(`${name}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchors(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}
