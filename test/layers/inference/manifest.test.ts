import { type Manifest, ModelError, parseManifest } from '@freezeframe/inference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestFor, pictureInput } from './tiny-models.ts';

const valid = manifestFor(new Uint8Array([1]));
const refused = (json: unknown) => {
  try {
    parseManifest(json);
  } catch (error) {
    return error as ModelError;
  }
  throw new Error('was accepted');
};

describe('parseManifest', () => {
  it('answers what it was given', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(valid)))).toEqual(valid);
  });

  it.each([
    ['name', { name: '../etc' }],
    ['name', { name: 'a/b' }],
    ['name', { name: '' }],
    ['version', { version: '0' }],
    ['version', { version: '1.0' }],
    ['task', { task: 'regression' }],
    ['input.colour', { input: { ...pictureInput, channels: 1 } }],
    ['input.crop', { input: { ...pictureInput, crop: 0 } }],
    ['input.height', { input: { ...pictureInput, height: 0 } }],
    ['input.datatype', { input: { ...pictureInput, datatype: 'FP32' } }],
    ['output.labels', { output: { kind: 'classification', name: 'a', labels: ['one'], activation: 'none' } }],
    ['files.model.onnx.sha256', { files: { 'model.onnx': { sha256: 'ABC', bytes: 1 } } }],
    ['(manifest)', { extra: 1 }],
  ])('names %s when it is wrong', (field, change) => {
    const error = refused({ ...valid, ...change });
    expect(error).toBeInstanceOf(ModelError);
    expect(error.code).toBe('manifest-invalid');
    expect(error.details.fields).toContainEqual({ field, message: expect.any(String) });
    expect(error.message).toContain(field);
  });

  it('says what is wrong in words', () => {
    const { message } = refused({ ...valid, name: 1, input: { ...pictureInput, height: 9000 } });
    expect(message).toContain('name: Invalid input: expected string, received number');
    expect(message).toContain('input.height: Too big: expected number to be <=8192');
  });

  it('says of a newer format that it is newer', () => {
    expect(refused({ formatVersion: 2 })).toMatchObject({ code: 'manifest-version', remedy: expect.any(String) });
  });

  it('throws nothing but ModelError', () => {
    fc.assert(
      fc.property(fc.anything(), (json) => {
        expect(refused(json)).toBeInstanceOf(ModelError);
      }),
    );
  });

  it('takes tensors and regression', () => {
    const manifest: Manifest = {
      ...valid,
      task: 'regression',
      input: {
        kind: 'tensors',
        tensors: [{ name: 'x', shape: [null, 2], datatype: 'FP32' }],
        features: [{ name: 'rooms' }, { name: 'area', unit: 'm²' }],
      },
      output: { kind: 'regression', name: 'y', values: [{ name: 'price', unit: '$' }] },
    };
    expect(parseManifest(manifest)).toEqual(manifest);
  });
});
