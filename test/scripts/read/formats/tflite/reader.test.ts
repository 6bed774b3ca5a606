import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportedLiteModel } from '../../../../../scripts/read/format-reader.ts';
import { readModel } from '../../../../../scripts/read/read-model.ts';
import { liteModel } from '../../../convert/tflite/answers.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'freezeframe-lite-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, bytes: Uint8Array): Promise<ImportedLiteModel> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const { imported } = await readModel(path);
  expect(imported).toMatchObject({ kind: 'tflite', format: 'tflite' });
  return imported as ImportedLiteModel;
}

const text = (content: string) => new TextEncoder().encode(content);

describe('tfliteReader', () => {
  it('takes labels and preprocessing from the metadata of a model, whatever the file is called', async () => {
    const { labels, hints, framework } = await read('model.bin', liteModel('described.float'));
    expect(labels).toEqual(['circle', 'square', 'star']);
    expect(hints).toMatchObject({ normalization: { mean: [127.5], deviation: [127] } });
    expect(framework).toBe('tensorflow-lite (MLIR Converted)');
  });

  it('leaves bytes as they are where a model takes them, as TensorFlow’s own library does', async () => {
    for (const form of ['int8', 'uint8']) {
      const { labels, hints } = await read(`${form}.tflite`, liteModel(`described.${form}`));
      expect(labels).toEqual(['circle', 'square', 'star']);
      expect(hints).toBeUndefined();
    }
  });

  it('reads a bundle of MediaPipe', async () => {
    const { labels } = await read('task.task', zipSync({ 'model.tflite': liteModel('described.float') }, { level: 0 }));
    expect(labels).toEqual(['circle', 'square', 'star']);
  });

  it('reads what Teachable Machine exports, with the classes and the preprocessing of its page', async () => {
    const labels = text('0 rock\n1 paper\n2 scissors\n');
    const floats = await read(
      'converted_tflite.zip',
      zipSync({ 'model_unquant.tflite': liteModel('teachable.float'), 'labels.txt': labels }),
    );
    expect(floats).toMatchObject({
      labels: ['rock', 'paper', 'scissors'],
      hints: { preprocess: 'teachable-machine', resize: 'cover' },
    });
    const stored = await read(
      'converted_tflite_quantized.zip',
      zipSync({ 'model.tflite': liteModel('teachable.uint8'), 'labels.txt': labels }),
    );
    expect(stored).toMatchObject({ labels: ['rock', 'paper', 'scissors'], hints: { resize: 'cover' } });
    expect(stored.hints?.preprocess).toBeUndefined();
  });

  it('takes the labels beside a bare file only under a name that Teachable Machine gives', async () => {
    writeFileSync(join(folder, 'labels.txt'), '0 rock\n1 paper\n2 scissors\n');
    expect((await read('model_unquant.tflite', liteModel('teachable.float'))).labels).toHaveLength(3);
    expect((await read('other.tflite', liteModel('teachable.float'))).labels).toBeUndefined();
  });

  it('refuses a bundle of several models, and names them', async () => {
    const model = liteModel('described.float');
    await expect(read('hands.task', zipSync({ 'a.tflite': model, 'b.tflite': model }))).rejects.toMatchObject({
      code: 'format-unknown',
      message: expect.stringContaining('a.tflite, b.tflite'),
    });
  });

  it('refuses a model whose labels were cut off', async () => {
    const whole = liteModel('described.float');
    const zip = Buffer.from(whole).indexOf('PK\u0003\u0004');
    await expect(read('cut.tflite', whole.slice(0, zip))).rejects.toMatchObject({
      code: 'file-damaged',
      details: { missing: 'labels.txt' },
    });
  });

  it('reads a zip behind a model whose places count from its own beginning', async () => {
    const zip = zipSync({ 'labels.txt': text('a\nb\nc\n') });
    const { labels } = await read('joined.tflite', Buffer.concat([liteModel('conv-plain.float'), zip]));
    expect(labels).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['temp_meta.txt', `{'args': {'half': False}, TELLS, 'names': {0: 'a', 1: "b's", 2: 'c'}}`],
    ['metadata.json', `{"args": {"half": false}, TELLS, "names": {"0": "a", "1": "b's", "2": "c"}}`],
  ])('reads the dictionary that Ultralytics puts behind a model as %s', async (file, dictionary) => {
    const tells = `"description": "Ultralytics YOLO11n-cls model", "task": "classify"`;
    const zip = zipSync({ [file]: text(dictionary.replace('TELLS', tells)) });
    const { labels, hints } = await read('yolo.tflite', Buffer.concat([liteModel('conv-plain.float'), zip]));
    expect(labels).toEqual(['a', "b's", 'c']);
    expect(hints).toMatchObject({ normalization: { mean: [0], deviation: [255] }, resize: 'cover' });
    const bytes = await read('yolo8.tflite', Buffer.concat([liteModel('teachable.uint8'), zip]));
    expect(bytes.hints).toEqual({ resize: 'cover', reason: expect.any(String) });
  });

  it('passes over a metadata.json behind a model that holds no names', async () => {
    const zip = zipSync({ 'metadata.json': text('{"author": "a"}') });
    const { labels } = await read('made.tflite', Buffer.concat([liteModel('conv-plain.float'), zip]));
    expect(labels).toBeUndefined();
  });

  it('refuses a zip behind a model that expands without end', async () => {
    const model = liteModel('conv-plain.float');
    const bomb = zipSync({ 'labels.txt': new Uint8Array(16 * 2 ** 20) }, { level: 9 });
    await expect(read('bomb.tflite', Buffer.concat([model, bomb]))).rejects.toMatchObject({ code: 'file-hostile' });
  });
});
