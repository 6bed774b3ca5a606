import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { expected } from '@freezeframe/inference';
import { parse } from 'csv-parse/sync';
import { checkLimit, ImportError, parseJson } from '#guards';
import { decodeText, delimiterOf } from '#tables';
import { literalAsJson } from './python-literal.ts';
import type { Source } from './source.ts';

/** The largest published classifiers know some 21,000 classes (ImageNet-21k). */
const MAX_LABELS = 100_000;
/** Longest of ImageNet's names: 121 characters. */
const MAX_LABEL_LENGTH = 500;
const MAX_LABEL_FILE_BYTES = 16 * 1024 * 1024;

/** Names of classes in the order of a model's outputs, and what a person should know of how they were read. */
export interface ClassNames {
  readonly labels: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The names that `--labels` gives: `imagenet`, or a file in any form that `parseLabels` reads.
 * @throws ImportError `not-found`, and what `parseLabels` throws
 */
export async function loadLabels(spec: string): Promise<ClassNames> {
  if (spec === 'imagenet') return { labels: await imagenetLabels(), notes: [] };
  const size = await stat(spec).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
  if (size === undefined) {
    throw new ImportError('not-found', expected('a file with one class name per line, or imagenet', '--labels', spec));
  }
  checkLimit(size, MAX_LABEL_FILE_BYTES, 'bytes', basename(spec));
  return parseLabels(await readFile(spec), basename(spec));
}

/** The 1,000 classes of ImageNet in the order of `keras.applications`; two of them are called `crane`. */
async function imagenetLabels(): Promise<readonly string[]> {
  const file = new URL('../../assets/imagenet-labels.json', import.meta.url);
  return (JSON.parse(await readFile(file, 'utf8')) as { labels: string[] }).labels;
}

/** Files that people put beside a model; the first that is there is read. */
const BESIDE = [
  'metadata.json',
  'labels.txt',
  'dict.txt',
  'labels.json',
  'labels.csv',
  'class_names.txt',
  'class_names.json',
  'classes.txt',
  'class_indices.json',
  'class_index.json',
  'imagenet_class_index.json',
];

/**
 * Names in a file beside the model's, as Teachable Machine and most tutorials leave them.
 * @param folder the model's folder within the source: `''` or `my_model/`
 * @throws ImportError what `parseLabels` throws; a `metadata.json` without names is passed over
 */
export async function labelsBeside(
  source: Source,
  folder: string,
): Promise<(ClassNames & { readonly entry: string }) | undefined> {
  for (const name of BESIDE) {
    const entry = source.entries.find((candidate) => candidate.name.toLowerCase() === `${folder}${name}`.toLowerCase());
    if (!entry) continue;
    checkLimit(entry.bytes, MAX_LABEL_FILE_BYTES, 'bytes', entry.name);
    const bytes = await source.read(entry.name, MAX_LABEL_FILE_BYTES);
    if (name === 'metadata.json' && !holdsNames(bytes, entry.name)) continue;
    return { ...parseLabels(bytes, entry.name), entry: entry.name };
  }
  return undefined;
}

/** A `metadata.json` may be about anything. */
export function holdsNames(json: Uint8Array, where: string): boolean {
  return namesOf(parseJson(json, where)) !== undefined;
}

/**
 * Class names from a file: one per line, `index name` lines (Teachable Machine), CSV (with commas, semicolons, tabs or bars), a
 * JSON list, or a JSON object by index (`{"0": "cat"}`), by name (`{"cat": 0}`), ImageNet's `{"0": ["n01440764", "tench"]}`, or
 * with a list under `labels`, `wordLabels`, `classes`, `class_names`, `id2label` or `names`; or such a list or dictionary as
 * Python writes it. UTF-8 or, with a mark, UTF-16; blank lines are passed over.
 * @throws ImportError `file-damaged` for what is none of these, `file-hostile` for control characters, `limit-exceeded`
 */
export function parseLabels(bytes: Uint8Array, where: string): ClassNames {
  checkLimit(bytes.length, MAX_LABEL_FILE_BYTES, 'bytes', where);
  const text = decode(bytes, where);
  const found = /^\s*[[{]/.test(text) ? namesOf(parseJson(literalAsJson(text), where)) : textLabels(text, where);
  const labels = found?.names;
  if (!labels || labels.length === 0) throw damaged('class names', where, labels ?? 'something else');
  checkLimit(labels.length, MAX_LABELS, 'class names', where);
  const names = labels.map((label, i) => checked(label, `class name ${i + 1} of ${where}`));
  return { labels: names, notes: notesOn(names, found.first, where) };
}

/** Numbers from 1 may have been meant as parts of the names: no tool that writes such files counts from 1. */
function notesOn(names: readonly string[], first: number | undefined, where: string): string[] {
  const notes: string[] = [];
  if (names.length > 1 && first === 1)
    notes.push(`${where} is numbered from 1: the numbers were left out. Check that they are no part of the names.`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    notes.push(`${where} has the name ${JSON.stringify(twice)} twice: answers do not tell which.`);
  return notes;
}

/**
 * @param outputs of the model
 * @throws ImportError `option-mismatch`
 */
export function checkLabelCount(labels: readonly string[], outputs: number, where: string): void {
  // One output answers for two classes: how near it is to the second.
  const wanted = outputs === 1 ? 2 : outputs;
  if (labels.length === wanted) return;
  throw new ImportError('option-mismatch', expected(`${wanted} class names`, where, labels.length), {
    details: { outputs, labels: labels.length },
    remedy: 'The model has one output for each class: give the file that was written with this model, or none.',
  });
}

function decode(bytes: Uint8Array, where: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new ImportError('file-damaged', `${where} is not text in UTF-8`, {
      cause,
      remedy: 'Save it as UTF-8: one class name per line.',
    });
  }
}

/** Anything that changes how a terminal or a page shows the text around it: controls, line separators, direction overrides. */
const CONTROL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

function checked(label: string, where: string): string {
  const name = label.trim();
  if (name === '') throw damaged('a name', where, label);
  checkLimit(name.length, MAX_LABEL_LENGTH, 'characters', where);
  if (CONTROL.test(name)) {
    throw new ImportError('file-hostile', expected('text without control characters', where, name));
  }
  return name;
}

function damaged(what: string, where: string, received: unknown): ImportError {
  return new ImportError('file-damaged', expected(what, where, received), {
    remedy: 'A labels file has one class name per line, in the order of the model’s outputs.',
  });
}

/** Names as they were found. `first` is the lowest of the numbers that were beside them, and are left out. */
interface Found {
  readonly names: string[];
  readonly first?: number;
}

function textLabels(text: string, where: string): Found {
  if (where.toLowerCase().endsWith('.csv')) return csvLabels(text, where);
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const numbered = indexed(lines.map(numberedLine));
  // `1 finger, 2 fingers, 3 fingers`: a number that tells two names from each other is part of them.
  const told = numbered && new Set(numbered.names).size === numbered.names.length;
  if (numbered && (told || lines.every((line) => /^\d+\s*[:,;=\t]/.test(line)))) return numbered;
  // Names may hold commas (`tench, Tinca tinca`): a list is only a line that is alone, or what is in quotes line by line.
  const list = lines.length === 1 || lines.every((line) => /^".*"$/.test(line));
  return list ? csvLabels(text, where) : { names: lines };
}

type Pair = [index: string, name: string];

function numberedLine(line: string): Pair | undefined {
  const [, index, name] = /^(\d{1,9})\s*[\s:,;=]\s*(\S.*)$/.exec(line) ?? [];
  return index === undefined || name === undefined ? undefined : [index, name];
}

/** Rows of one name, of index and name in either order, or one row of names; with or without a header. */
function csvLabels(text: string, where: string): Found {
  let rows: string[][];
  try {
    rows = parse(text, {
      delimiter: delimiterOf(text),
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    });
  } catch (cause) {
    throw new ImportError('file-damaged', `${where} is not CSV: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  if (rows.length === 0) return { names: [] };
  if (rows.length === 1) return indexed([asPair(rows[0] as string[])]) ?? { names: rows[0] as string[] };
  const body = rows.slice(1);
  const inOrder = isHeader(rows[0] as string[]) ? body : rows;
  const pairs = indexed(rows.map(asPair)) ?? indexed(body.map(asPair));
  if (pairs) return pairs;
  // A table of other columns: its first is as likely a number or a code as a name.
  if (inOrder.every((row) => row.length > 1 && row.length === rows[0]?.length))
    throw damaged('rows of one name, or of an index and a name', where, rows[0]);
  return { names: inOrder.map((row) => row[0] as string) };
}

function asPair(row: readonly string[]): Pair | undefined {
  const [first = '', second = ''] = row;
  if (row.length !== 2) return undefined;
  return /^\d{1,9}$/.test(first) ? [first, second] : /^\d{1,9}$/.test(second) ? [second, first] : undefined;
}

function isHeader(row: readonly string[]): boolean {
  return /^(labels?|class(es|_?names?)?|names?)$/i.test(row[0] ?? '');
}

/** The names by their indices, which must be all of 0, 1, 2... or of 1, 2, 3...; otherwise numbers are part of the names. */
function indexed(pairs: readonly (Pair | undefined)[]): Found | undefined {
  const known = pairs.filter((pair) => pair !== undefined);
  if (known.length === 0 || known.length < pairs.length) return undefined;
  const byIndex = new Map(known.map(([index, name]) => [Number(index), name]));
  const first = byIndex.has(0) ? 0 : 1;
  const names = known.map((_, i) => byIndex.get(i + first));
  return names.every((name) => name !== undefined) ? { names, first } : undefined;
}

const LISTS = ['labels', 'wordLabels', 'classes', 'class_names', 'classNames', 'id2label', 'names'];

/** The names in a parsed JSON value, or `undefined` where it holds none. */
function namesOf(value: unknown): Found | undefined {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    return names.every((name) => name !== undefined) ? { names } : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const object = value as Record<string, unknown>;
  for (const key of LISTS) {
    const found = Object.hasOwn(object, key) && typeof object[key] === 'object' ? namesOf(object[key]) : undefined;
    if (found) return found;
  }
  const pairs = Object.entries(object).map(([key, item]): Pair | undefined => {
    if (typeof item === 'number') return [String(item), key];
    const name = nameOf(item);
    return name !== undefined && /^\d{1,9}$/.test(key) ? [key, name] : undefined;
  });
  return indexed(pairs);
}

/** A name as text, as `["n01440764", "tench"]`, or as `{ "name": "tench" }`. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return typeof value.at(-1) === 'string' ? value.at(-1) : undefined;
  const { name, label } = (value ?? {}) as { name?: unknown; label?: unknown };
  return typeof name === 'string' ? name : typeof label === 'string' ? label : undefined;
}
