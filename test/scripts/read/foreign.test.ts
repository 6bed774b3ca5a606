import { describe, expect, it } from 'vitest';
import { FOREIGN, refuseForeign } from '../../../scripts/read/foreign.ts';
import { memorySource } from './memory-source.ts';

/** A directory of so many bytes, and as many of weights. */
function safetensors(): Uint8Array {
  const directory = new TextEncoder().encode('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}');
  const bytes = new Uint8Array(8 + directory.length + 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(directory.length), true);
  bytes.set(directory, 8);
  return bytes;
}

const WITHOUT = [
  ['PyTorch', 'torch.onnx.export', memorySource({ 'archive/data.pkl': '\x80\x02', 'archive/version': '3' }, 'zip')],
  ['safetensors', 'ONNX', memorySource({ 'model.safetensors': safetensors(), 'config.json': '{}' })],
  ['safetensors', 'ONNX', memorySource({ weights: safetensors() }, 'file')],
  ['Core ML', 'ONNX', memorySource({ 'flowers.mlmodel': '\b\x01' }, 'file')],
  ['Core ML', 'ONNX', memorySource({ 'flowers.mlpackage/Data/model.mlmodel': '\b\x01' })],
  ['SavedModel', 'Keras', memorySource({ 'model.savedmodel/saved_model.pb': '\b\x01', 'labels.txt': '0 cat' })],
] as const;

describe('refuseForeign', () => {
  it.each(WITHOUT)('refuses %s, and says what to do', async (what, todo, source) => {
    await expect(refuseForeign(source)).rejects.toMatchObject({
      code: 'format-unknown',
      message: expect.stringContaining(what),
      remedy: expect.stringContaining(todo),
    });
  });

  it('is tried with each format that is known', () => {
    for (const { what } of FOREIGN) expect(WITHOUT.some(([name]) => what.includes(name))).toBe(true);
  });

  it('leaves alone what lies beside a model that can be read', async () => {
    for (const model of ['model.onnx', 'keras_model.h5', 'web/model.json'])
      await refuseForeign(memorySource({ [model]: 'x', 'saved_model.pb': 'x', 'model.safetensors': safetensors() }));
  });

  it('knows nothing of other files', async () => {
    await refuseForeign(memorySource({ 'a.pkl': '\x80\x02}q' }, 'file'));
    await refuseForeign(memorySource({ 'a.bin': '\xff\xff\xff\xff\xff\xff\xff\xff{' }, 'file'));
    await refuseForeign(memorySource({ 'data.pkl': 'x', version: '3' }, 'zip'));
  });
});
