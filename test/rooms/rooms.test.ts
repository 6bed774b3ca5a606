import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ARROWS,
  crowdedFolders,
  MAX_LOOSE_FILES,
  roomOf,
  roomsInCircles,
  type Sources,
  TOPS,
  wrongArrows,
} from './rooms.ts';

const ROOT = join(import.meta.dirname, '../..');
const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { imports: Record<string, string> };

function sourceFiles(): string[] {
  return ['scripts', 'functions', 'layers'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|js|cjs)$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((file) => !file.includes('node_modules/')),
  );
}

const files = sourceFiles();
const sources: Sources = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

describe('the rooms of the project', () => {
  it('import each other by their names, along the arrows that are listed', () => {
    expect(wrongArrows(sources)).toEqual([]);
  });

  it('are all listed, and each that others use has an index', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined));
    expect([...rooms].sort()).toEqual([...Object.keys(ARROWS), ...TOPS].sort());
    for (const [name, path] of Object.entries(imports)) {
      expect([...Object.keys(ARROWS), ...TOPS], name).toContain(name.slice(1).split('/')[0]);
      expect(existsSync(join(ROOT, path)), path).toBe(true);
    }
    expect(Object.keys(ARROWS).filter((room) => !(`#${room}` in imports))).toEqual([]);
  });

  it('have arrows that never lead back', () => {
    expect(roomsInCircles(ARROWS)).toEqual([]);
  });

  it('list no arrow that nothing uses', () => {
    const unused = Object.entries(ARROWS).flatMap(([room, others]) => {
      const texts = [...sources].filter(([file]) => roomOf(file) === room).map(([, text]) => text);
      return others
        .filter((other) => !texts.some((text) => new RegExp(`'#${other}[/']`).test(text)))
        .map((other) => `${room} -> ${other}`);
    });
    expect(unused).toEqual([]);
  });

  it(`hold at most ${MAX_LOOSE_FILES} loose files in a folder`, () => {
    expect(crowdedFolders(files)).toEqual([]);
  });
});

describe('the checks of rooms go red', () => {
  it('on a deep path, on an arrow that is not listed, and on a room that imports itself by name', () => {
    const bad: Sources = new Map([
      ['scripts/convert/keras/a.ts', "import { x } from '../../keras/topology.ts';"],
      ['scripts/keras/b.ts', "import { y } from '#convert';"],
      ['scripts/read/c.ts', "const z = await import('#train');"],
      ['scripts/store/d.ts', "export { w } from '#store';"],
    ]);
    expect(wrongArrows(bad)).toEqual([
      'scripts/convert/keras/a.ts reaches into the room keras: import #keras instead of ../../keras/topology.ts',
      'scripts/keras/b.ts: keras may not import #convert',
      'scripts/read/c.ts: read may not import #train',
      'scripts/store/d.ts imports its own room by #store: use a relative path',
    ]);
  });

  it('on a circle and on a crowded folder', () => {
    expect(roomsInCircles({ a: ['b'], b: ['a'], c: ['a'] })).toEqual(['a', 'b']);
    const crowd = Array.from({ length: MAX_LOOSE_FILES + 1 }, (_, i) => `scripts/train/f${i}.ts`);
    expect(crowdedFolders(crowd)).toEqual([`scripts/train holds ${MAX_LOOSE_FILES + 1} files`]);
  });
});
