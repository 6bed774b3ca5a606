import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainPicture } from '../functions/pictures.ts';
import { type BuiltApi, startBuiltApi } from './built-api.ts';

/** A Python that has tritonclient[http]. */
const PYTHON = process.env.TRITON_PYTHON;
if (!PYTHON) console.warn("skipped: Triton's client (set TRITON_PYTHON to a Python that has tritonclient[http])");

describe.skipIf(!PYTHON)("the built API under Triton's client", () => {
  let api: BuiltApi;
  let report: Record<string, unknown>;

  beforeAll(async () => {
    api = await startBuiltApi();
    const picture = join(api.work, 'blue.jpg');
    await writeFile(picture, await plainPicture('blue', 'jpeg'));
    const words = [join(import.meta.dirname, 'triton_client.py'), new URL(api.url).host, picture];
    const { stdout } = await promisify(execFile)(PYTHON as string, words);
    report = JSON.parse(stdout);
  }, 60_000);
  afterAll(() => api?.close());

  it('is live and ready, and so are the models that there are', () => {
    expect(report).toMatchObject({
      live: true,
      ready: true,
      model_ready: true,
      version_ready: true,
      absent_ready: false,
    });
  });

  it('says what it is and what its models take', () => {
    expect(report.server).toMatchObject({
      name: 'freezeframe',
      extensions: ['binary_tensor_data', 'classification', 'model_configuration', 'statistics'],
    });
    expect(report.metadata).toEqual({
      name: 'tiny',
      versions: ['1', '2'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'pixels', datatype: 'UINT8', shape: [-1, 8, 8, 3] }],
      outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [-1, 2] }],
    });
    expect(report.version_metadata).toMatchObject({ name: 'prices', inputs: [{ datatype: 'FP32', shape: [-1, 2] }] });
  });

  it('answers the same to JSON and bytes, compressed or not', () => {
    const answers = Object.values(report.answers as Record<string, number[][]>);
    expect(answers).toHaveLength(12);
    for (const answer of answers) {
      expect(answer[0]?.[0]).toBeCloseTo(1, 5);
      expect(answer).toEqual(answers[0]);
    }
  });

  it('answers classes with their labels', () => {
    for (const classes of Object.values(report.classes as Record<string, unknown>)) {
      expect(classes).toEqual([
        [1, '0', 'red'],
        [1, '1', 'blue'],
      ]);
    }
  });

  it('answers numbers, and a picture in place of its pixels', () => {
    expect(report.price).toEqual([[100_200]]);
    expect(report.picture).toEqual(['blue', 'red']);
  });

  it('says what is wrong in words that the client shows', () => {
    expect(report.errors).toEqual({
      input: ['422', 'Expected pixels for the name of an input but received "nothing"'],
      model: ['404', 'There is no model absent'],
    });
  });
});
