import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../scripts/guards/import-error.ts';
import { checkLabelCount, labelsBeside, loadLabels, parseLabels } from '../../../scripts/read/labels.ts';
import { memorySource } from './memory-source.ts';

const read = (text: string, where = 'labels.txt') => parseLabels(new TextEncoder().encode(text), where).labels;
const notes = (text: string, where = 'labels.txt') => parseLabels(new TextEncoder().encode(text), where).notes;
const code = (text: string, where?: string) => {
  try {
    return String(read(text, where));
  } catch (error) {
    return (error as ImportError).code;
  }
};

describe('parseLabels', () => {
  it.each([
    ['one per line', 'cat\ndog\n', ['cat', 'dog']],
    ['Windows line ends, blank lines and a byte order mark', '\ufeffcat\r\n\r\n dog \r\n', ['cat', 'dog']],
    ['Teachable Machine', '0 가위\n1 바위\n2 보\n', ['가위', '바위', '보']],
    ['a single Teachable Machine class', '0 cat\n', ['cat']],
    ['indices in another order, and colons', '1: dog\n0: cat', ['cat', 'dog']],
    ['indices from one', '1 cat\n2 dog', ['cat', 'dog']],
    ['names that begin with a number', '7 up\n8 ball', ['7 up', '8 ball']],
    ['names that are numbers', '0\n1\n2', ['0', '1', '2']],
    ['numbers that tell names apart', '1 finger\n2 fingers\n3 fingers\n', ['1 finger', '2 fingers', '3 fingers']],
    ['numbers that do, before spaces', '1 finger \n 2 fingers\n3 fingers  ', ['1 finger', '2 fingers', '3 fingers']],
    ['numbers from 0 that do', '0 points\n1 point\n2 points', ['0 points', '1 point', '2 points']],
    ['indices of equal names', '0: crane\n1: tench\n2: crane', ['crane', 'tench', 'crane']],
    [
      'names with commas',
      'tench, Tinca tinca\ngoldfish, Carassius auratus',
      ['tench, Tinca tinca', 'goldfish, Carassius auratus'],
    ],
    ['one line of CSV', 'cat,"dog, wet",bird', ['cat', 'dog, wet', 'bird']],
    ['lines in quotes', '"cat"\n"dog, wet"\n"say ""hi"""', ['cat', 'dog, wet', 'say "hi"']],
    ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
    ['a JSON list of objects', '[{"name": "cat"}, {"name": "dog"}]', ['cat', 'dog']],
    ['a JSON object by index', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    ['a JSON object by name', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    ['ImageNet’s class index', '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}', ['tench', 'goldfish']],
    ['Teachable Machine’s metadata', '{"tfjsVersion": "1.7.4", "labels": ["cat", "dog"]}', ['cat', 'dog']],
    ['id2label', '{"id2label": {"0": "cat", "1": "dog"}}', ['cat', 'dog']],
  ])('reads %s', (_, text, labels) => {
    expect(read(text)).toEqual(labels);
  });

  it.each([
    ['index,label\n0,cat\n1,"dog, wet"\n'],
    ['label,index\n"dog, wet",1\ncat,0\n'],
    ['0,cat\n1,"dog, wet"'],
    ['label\ncat\n"dog, wet"'],
    ['index;label\n0;cat\n1;dog, wet\n'],
    ['cat\t0\ndog, wet\t1\n'],
    ['cat;"dog, wet"'],
  ])('reads rows of CSV: %j', (text) => {
    expect(read(text, 'labels.csv')).toEqual(['cat', 'dog, wet']);
  });

  it.each([
    'index,label,description\n0,cat,small\n1,dog,large',
    '0,cat,small\n1,dog,large',
    'wnid,name\nn01440764,tench\nn01443537,goldfish',
  ])('are not taken from the first column of a table: %j', (text) => {
    expect(() => read(text, 'labels.csv')).toThrow('Expected rows of one name, or of an index and a name');
  });

  it('warns of numbers from 1, and of names that are there twice', () => {
    for (const text of ['1 cat\n2 dog', '2 dog\n1 cat', '{"1": "cat", "2": "dog"}', '{"cat": 1, "dog": 2}'])
      expect(notes(text)).toEqual([expect.stringContaining('numbered from 1')]);
    expect(notes('index,label\n1,cat\n2,dog', 'labels.csv')).toEqual([expect.stringContaining('numbered from 1')]);
    expect(notes('["crane", "tench", "crane"]')).toEqual([expect.stringContaining('"crane" twice')]);
    expect(notes('index,label\n0,cat\n1,cat', 'labels.csv')).toEqual([expect.stringContaining('"cat" twice')]);
    for (const text of ['0 cat\n1 dog', '1 finger\n2 fingers\n3 fingers', '1 euro\n2 euro\n5 euro', 'cat\ndog'])
      expect(notes(text)).toEqual([]);
  });

  it('reads UTF-16 with a mark', () => {
    expect(parseLabels(Buffer.from('\ufeffchat\nchien', 'utf16le'), 'labels.txt').labels).toEqual(['chat', 'chien']);
  });

  it.each([
    ['a\u001b[2Jb\nc', 'file-hostile'],
    ['good\u202egnp.exe\nc', 'file-hostile'],
    ['a\0b\nc', 'file-hostile'],
    ['', 'file-damaged'],
    ['\n \n', 'file-damaged'],
    ['{"0": "cat", "5": "dog"}', 'file-damaged'],
    ['[1, 2]', 'file-damaged'],
    ['["cat", ""]', 'file-damaged'],
    ['[[[', 'file-damaged'],
    ['['.repeat(1000), 'limit-exceeded'],
    ['x'.repeat(501), 'limit-exceeded'],
    ['x\n'.repeat(100_001), 'limit-exceeded'],
  ])('refuses %j with %s', (text, wanted) => {
    expect(code(text)).toBe(wanted);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parseLabels(new Uint8Array([0x63, 0xe9, 0x0a]), 'labels.txt')).toThrow('UTF-8');
  });

  it('throws nothing but its own errors, for any bytes', () => {
    const pieces = fc.constantFrom(
      '0 ',
      '1',
      '\n',
      ',',
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      'cat',
      '\\',
      '"labels":',
      '\u0000',
    );
    const texts = fc.array(pieces, { maxLength: 30 }).map((list) => Buffer.from(list.join('')));
    fc.assert(
      fc.property(
        fc.oneof(texts, fc.uint8Array({ maxLength: 60 })),
        fc.constantFrom('a.txt', 'a.csv'),
        (bytes, name) => {
          try {
            for (const label of parseLabels(bytes, name).labels) expect(label).toMatch(/^\S/);
          } catch (error) {
            expect(error).toBeInstanceOf(ImportError);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('loadLabels', () => {
  it('has the names of ImageNet', async () => {
    const { labels } = await loadLabels('imagenet');
    expect(labels).toHaveLength(1000);
    expect(labels[0]).toBe('tench, Tinca tinca');
    expect(labels[134]).toBe('crane');
    expect(labels[517]).toBe('crane');
  });

  it('reads a file, and says what it wants where there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'labels-'));
    try {
      await writeFile(join(folder, 'names.txt'), '0 cat\n1 dog\n');
      expect(await loadLabels(join(folder, 'names.txt'))).toEqual({ labels: ['cat', 'dog'], notes: [] });
      await expect(loadLabels(join(folder, 'none.txt'))).rejects.toMatchObject({ code: 'not-found' });
      await expect(loadLabels(folder)).rejects.toMatchObject({ code: 'not-found' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('labelsBeside', () => {
  it('passes over a metadata.json that holds no names', async () => {
    const source = memorySource({ 'a/metadata.json': '{"keras_version": "3.15"}', 'a/Labels.txt': '0 cat\n1 dog' });
    expect(await labelsBeside(source, 'a/')).toEqual({
      labels: ['cat', 'dog'],
      entry: 'a/Labels.txt',
      notes: [],
    });
    expect(await labelsBeside(source, '')).toBeUndefined();
  });
});

describe('checkLabelCount', () => {
  it('wants one name for each output, or two for a single one', () => {
    checkLabelCount(['a', 'b', 'c'], 3, 'labels.txt');
    checkLabelCount(['a', 'b'], 1, 'labels.txt');
    expect(() => checkLabelCount(['a', 'b'], 3, 'labels.txt')).toThrow('Expected 3 class names for labels.txt');
    expect(() => checkLabelCount(['a'], 1, 'labels.txt')).toThrow(ImportError);
  });
});
