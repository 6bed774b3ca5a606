import { dirname, join, normalize } from 'node:path';

/**
 * Which rooms of `scripts/` (and the functions) a room may import, by the names of `package.json#imports`. Every room may
 * import `@freezeframe/inference`. Arrows run one way: a new one is a decision, and belongs into this list with its commit.
 */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  system: [],
  terminal: [],
  completion: [],
  guards: [],
  html: ['terminal'],
  project: ['system'],
  keras: [],
  frozen: [],
  tensorflow: ['guards', 'keras'],
  onnx: ['guards', 'keras'],
  convert: ['frozen', 'guards', 'keras', 'onnx', 'tensorflow'],
  reference: ['frozen', 'keras', 'onnx', 'tensorflow'],
  quantize: ['datasets', 'evaluate', 'frozen', 'onnx', 'reference', 'system', 'terminal'],
  read: ['convert', 'frozen', 'guards', 'keras', 'onnx', 'tables', 'tensorflow'],
  tables: ['terminal'],
  store: ['functions', 'system'],
  datasets: ['store', 'system', 'tables', 'terminal'],
  classifiers: ['system'],
  evaluate: ['classifiers', 'datasets', 'frozen', 'system', 'tables', 'terminal'],
  report: ['evaluate', 'html', 'plan', 'system', 'terminal'],
  train: [
    'convert',
    'datasets',
    'evaluate',
    'frozen',
    'keras',
    'onnx',
    'quantize',
    'reference',
    'store',
    'system',
    'terminal',
  ],
  transfer: ['datasets', 'evaluate', 'frozen', 'functions', 'onnx', 'quantize', 'store', 'system', 'terminal'],
  import: [
    'convert',
    'frozen',
    'guards',
    'keras',
    'onnx',
    'quantize',
    'read',
    'reference',
    'store',
    'system',
    'tensorflow',
    'terminal',
  ],
  bundle: ['store', 'system', 'terminal'],
  stack: ['functions'],
  doctor: ['bundle', 'stack', 'store', 'terminal'],
  deploy: ['bundle', 'doctor', 'keys', 'plan', 'stack', 'terminal'],
  keys: ['functions', 'stack', 'store', 'system'],
  local: ['bundle', 'functions', 'html', 'keys', 'store', 'system'],
  plan: ['local', 'system', 'tables', 'terminal'],
  functions: [],
};

/** Rooms that everything below may be used in, and that nobody uses: the command line, benchmarks, what writes documents, builds. */
export const TOPS = ['commands', 'bench', 'docs', 'assets', 'packages', 'setup'];

/** Folders that are a registry of one file a unit: they may hold any number of files. */
const REGISTRIES = ['scripts/commands', 'scripts/convert/keras/layers'];

/** More than that in one folder is no longer seen at a glance. */
export const MAX_LOOSE_FILES = 15;

/** Source files by their path from the project's root. */
export type Sources = ReadonlyMap<string, string>;

const IMPORT = /(?:\bfrom|\bimport\(|\bimport)\s*'([^']+)'/g;

/** The room that a file is in, or undefined for files beside the rooms. */
export function roomOf(file: string): string | undefined {
  if (file.startsWith('functions/')) return 'functions';
  return /^scripts\/([^/]+)\//.exec(file)?.[1];
}

/** What is wrong with the imports between rooms, one sentence each. */
export function wrongArrows(sources: Sources): string[] {
  const wrong: string[] = [];
  for (const [file, text] of sources) {
    const room = roomOf(file);
    for (const [, name = ''] of text.matchAll(IMPORT)) {
      if (name.startsWith('.')) {
        const other = roomOf(normalize(join(dirname(file), name)));
        if (other === undefined || other === room) continue;
        wrong.push(`${file} reaches into the room ${other}: import #${other} instead of ${name}`);
      } else if (name.startsWith('#') && room !== undefined && !TOPS.includes(room)) {
        const [other = ''] = name.slice(1).split('/');
        if (other !== room && !ARROWS[room]?.includes(other)) wrong.push(`${file}: ${room} may not import #${other}`);
        if (other === room) wrong.push(`${file} imports its own room by #${other}: use a relative path`);
      }
    }
  }
  return wrong;
}

/** Circles among the allowed arrows themselves. */
export function roomsInCircles(arrows: typeof ARROWS): string[] {
  const reaches = (from: string, seen = new Set<string>()): Set<string> => {
    for (const next of arrows[from] ?? []) if (!seen.has(next)) reaches(next, seen.add(next));
    return seen;
  };
  return Object.keys(arrows).filter((room) => reaches(room).has(room));
}

/** Folders that hold more loose source files than may be. */
export function crowdedFolders(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts]
    .filter(([folder, count]) => count > MAX_LOOSE_FILES && !REGISTRIES.includes(folder))
    .map(([folder, count]) => `${folder} holds ${count} files`);
}
