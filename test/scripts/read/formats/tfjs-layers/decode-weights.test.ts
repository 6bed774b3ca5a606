import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../../../scripts/guards/import-error.ts';
import { readWeights } from '../../../../../scripts/read/formats/tfjs-layers/decode-weights.ts';
import { findModelJson, type ModelJson } from '../../../../../scripts/read/formats/tfjs-layers/model-json.ts';
import { core } from '../../../../tensorflow-js/tensorflow.ts';
import { memorySource } from '../../memory-source.ts';
import { modelJson, type WeightSpecJson } from './tfjs-files.ts';

async function decode(specs: WeightSpecJson[], bytes: Uint8Array) {
  const source = memorySource({ 'model.json': modelJson({}, specs), 'weights.bin': bytes });
  return readWeights(source, (await findModelJson(source)) as ModelJson);
}

const types = [
  { dtype: 'float32', size: 4 },
  { dtype: 'int32', size: 4 },
  { dtype: 'bool', size: 1 },
  { dtype: 'float32', quantization: 'uint8', size: 1 },
  { dtype: 'float32', quantization: 'uint16', size: 2 },
  { dtype: 'float32', quantization: 'float16', size: 2 },
  { dtype: 'int32', quantization: 'uint8', size: 1 },
] as const;

describe('readWeights', () => {
  it('answers what TensorFlow.js itself makes of the same bytes', async () => {
    const weight = fc.record({
      type: fc.constantFrom(...types),
      shape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      scale: fc.double({ min: 1e-4, max: 4, noNaN: true }),
      min: fc.double({ min: -9, max: 9, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(weight, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(255)),
        async (list, stream) => {
          const specs = list.map(({ type, shape, scale, min }, i): WeightSpecJson => {
            const quantized =
              'quantization' in type
                ? {
                    quantization:
                      type.quantization === 'float16' ? { dtype: 'float16' } : { dtype: type.quantization, scale, min },
                  }
                : {};
            return { name: `w${i}`, shape, dtype: type.dtype, ...quantized };
          });
          const size = list.reduce((n, { type, shape }) => n + shape.reduce((m, axis) => m * axis, type.size), 0);
          const bytes = Uint8Array.from({ length: size }, () => stream.next().value);
          // TensorFlow.js keeps a bool's byte as it is; a file holds 0 or 1.
          let at = 0;
          for (const { type, shape } of list) {
            const end = at + shape.reduce((m, axis) => m * axis, type.size);
            if (type.dtype === 'bool') for (let i = at; i < end; i++) bytes[i] = (bytes[i] as number) & 1;
            at = end;
          }
          const wanted = core.io.decodeWeights(
            bytes.slice().buffer,
            specs as unknown as core.io.WeightsManifestEntry[],
          );
          for (const { name, data, shape, datatype } of await decode(specs, bytes)) {
            const tensor = wanted[name] as core.Tensor;
            expect([shape, datatype]).toEqual([tensor.shape, tensor.dtype]);
            expect(Array.from(data)).toEqual(Array.from(tensor.dataSync()));
          }
          core.dispose(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('wants scale and min', async () => {
    const spec = { name: 'w', shape: [1], dtype: 'float32', quantization: { dtype: 'uint8' } };
    await expect(decode([spec], new Uint8Array(1))).rejects.toMatchObject({ code: 'bad-weights' });
  });

  it.each(['complex64', 'string', 'float64'])('refuses %s', async (dtype) => {
    await expect(decode([{ name: 'w', shape: [1], dtype }], new Uint8Array(8))).rejects.toBeInstanceOf(ImportError);
  });
});
