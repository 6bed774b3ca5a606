import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../../scripts/guards/import-error.ts';
import { checkOnnx, OPSETS } from '../../../../scripts/onnx/check/check-onnx.ts';
import { looksLikeOnnx, parseOnnx } from '../../../../scripts/onnx/check/parse-onnx.ts';
import {
  FunctionProtoSchema,
  type ModelProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../../../scripts/onnx/schema/onnx_pb.ts';
import { changed, pictureModel, tableModel } from '../models.ts';

const model = pictureModel();

function refusal(change: (model: ModelProto) => void): ImportError {
  try {
    checkOnnx(parseOnnx(changed(model, change)));
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const graphOf = (m: ModelProto) => m.graph as NonNullable<ModelProto['graph']>;
const node = (opType: string, input: string[], output: string[], domain = '') =>
  create(NodeProtoSchema, { opType, input, output, domain });

describe('checkOnnx', () => {
  it('accepts graphs that follow the rules', () => {
    for (const bytes of [model, tableModel()]) {
      expect(looksLikeOnnx(bytes)).toBe(true);
      checkOnnx(parseOnnx(bytes));
    }
  });

  it.each([OPSETS.first - 1, OPSETS.last + 1])('refuses operator set %i by its number', (version) => {
    const error = refusal((m) => {
      for (const set of m.opsetImport) set.version = BigInt(version);
    });
    expect(error).toMatchObject({ code: 'unsupported-layer', message: expect.stringContaining(String(version)) });
  });

  it('refuses weights in other files, and names them', () => {
    const error = refusal((m) => {
      const [tensor] = graphOf(m).initializer;
      if (!tensor) return;
      tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
      tensor.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: '../../etc/passwd' })];
    });
    expect(error).toMatchObject({ code: 'file-hostile', message: expect.stringContaining('passwd') });
  });

  it('refuses operators of unknown domains, all of them by name', () => {
    const error = refusal((m) => {
      graphOf(m).node.push(node('Fold', ['scores'], ['a'], 'example.com'), node('Bend', ['a'], ['b'], 'example.com'));
    });
    expect(error).toMatchObject({
      code: 'custom-object',
      details: { operators: ['example.com::Bend', 'example.com::Fold'] },
    });
  });

  it('knows functions that the file brings along', () => {
    const bytes = changed(model, (m) => {
      const body = [node('Relu', ['x'], ['y'])];
      m.functions = [
        create(FunctionProtoSchema, { name: 'Fold', domain: 'own', input: ['x'], output: ['y'], node: body }),
      ];
      graphOf(m).node.push(node('Fold', ['scores'], ['folded'], 'own'));
    });
    expect(() => checkOnnx(parseOnnx(bytes))).not.toThrow();
  });

  it.each<[string, (m: ModelProto) => void]>([
    ['an input that nothing makes', (m) => graphOf(m).node.push(node('Relu', ['nowhere'], ['x']))],
    ['an order that reads before it writes', (m) => void graphOf(m).node.reverse()],
    ['a name given twice', (m) => graphOf(m).node.push(node('Relu', ['scores'], ['scores']))],
    [
      'an output that nothing makes',
      (m) => {
        for (const output of graphOf(m).output) output.name = 'z';
      },
    ],
    [
      'a tensor of fewer bytes than its shape',
      (m) => void (graphOf(m).initializer[0] as { dims: bigint[] }).dims.push(9n),
    ],
  ])('refuses %s', (_, change) => {
    expect(refusal(change).code).toBe('file-damaged');
  });

  it('refuses a shape of more than 2 GB before anything is allocated', () => {
    const error = refusal((m) => void (graphOf(m).initializer[0] as { dims: bigint[] }).dims.push(2n ** 40n));
    expect(error.code).toBe('limit-exceeded');
  });

  it('lets nothing but its own errors escape from changed files', () => {
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(model.length), (at, byte, end) => {
        const bytes = Uint8Array.from(model);
        bytes[at] = byte;
        try {
          checkOnnx(parseOnnx(bytes.subarray(0, Math.max(end, at + 1))));
        } catch (error) {
          expect(error).toBeInstanceOf(ImportError);
        }
      }),
      { numRuns: 3000, seed: 4 },
    );
  });
});
