import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { type EmitLiteOptions, emitLite } from '../../../../scripts/convert/tflite/emit-lite.ts';
import { type LiteModel, type LiteOperator, readLite } from '../../../../scripts/tensorflow/lite/lite-model.ts';
import type { LiteTensor } from '../../../../scripts/tensorflow/lite/tensors.ts';
import { liteModel } from './answers.ts';

const OWN: EmitLiteOptions = { precision: 'exact', inputs: 'own', outputs: 'own' };

/** A real model with some of it changed. */
function changed(name: string, change: (model: LiteModel) => Partial<LiteModel>): LiteModel {
  const model = readLite(liteModel(name));
  return { ...model, ...change(model) };
}

function tensorsWith(model: LiteModel, index: number, part: Partial<LiteTensor>): Partial<LiteModel> {
  return { tensors: model.tensors.with(index, { ...(model.tensors[index] as LiteTensor), ...part }) };
}

function operatorsWith(model: LiteModel, part: Partial<LiteOperator>): Partial<LiteModel> {
  return { operators: model.operators.with(0, { ...(model.operators[0] as LiteOperator), ...part }) };
}

function refusal(model: LiteModel, options = OWN) {
  try {
    emitLite(model, options);
  } catch (error) {
    return error as { code: string; message: string; details: { unsupported: { op: string; reason: string }[] } };
  }
  throw new Error('nothing was refused');
}

describe('emitLite', () => {
  it('names all operators that it does not know at once, those behind them too', () => {
    const unknown = changed('described.float', ({ operators }) => ({
      operators: operators.map((one, i) =>
        i === 0 ? { ...one, name: 'TFLite_Detection', custom: true } : { ...one, name: 'WHILE' },
      ),
    }));
    const { code, details, message } = refusal(unknown);
    expect(code).toBe('unsupported-layer');
    expect(details.unsupported.map(({ op }) => op)).toEqual(['TFLite_Detection', 'WHILE', 'WHILE', 'WHILE']);
    expect(message).toContain('TFLite_Detection, WHILE');
  });

  it.each<[string, string, (model: LiteModel) => Partial<LiteModel>]>([
    ['several graphs', '2 graphs', () => ({ graphs: 2 })],
    [
      'sparse weights',
      'it is sparse',
      (m) => tensorsWith(m, m.operators[0]?.inputs[1] as number, { refused: 'it is sparse' }),
    ],
    ['a shape that is left open', 'left open', (m) => tensorsWith(m, m.inputs[0]?.tensor as number, { open: true })],
    [
      'a shape that nothing tells',
      'does not tell its shape',
      (m) => tensorsWith(m, m.inputs[0]?.tensor as number, { shape: undefined }),
    ],
    ['strings', 'STRING', (m) => tensorsWith(m, m.inputs[0]?.tensor as number, { type: 'STRING' })],
    [
      'an activation that it does not know',
      'SIGN_BIT',
      (m) => operatorsWith(m, { options: { ...m.operators[0]?.options, activation: 5 } }),
    ],
    ['a stride of zero', 'strides', (m) => operatorsWith(m, { options: { ...m.operators[0]?.options, stride_w: 0 } })],
    [
      'inputs that are left out',
      'missing',
      (m) => operatorsWith(m, { inputs: [-1, ...(m.operators[0]?.inputs.slice(1) ?? [])] }),
    ],
  ])('refuses %s', (_, words, change) => {
    const { code, details } = refusal(changed('conv-relu6.float', change));
    expect(code).toBe('unsupported-layer');
    expect(details.unsupported.map(({ reason }) => reason).join()).toContain(words);
  });

  it('refuses sixteen bits, a scale of nothing, and a bias of another scale', () => {
    const stored = (change: (model: LiteModel) => Partial<LiteModel>) =>
      refusal(changed('conv-relu6.int8', change)).message;
    expect(stored((m) => tensorsWith(m, m.inputs[0]?.tensor as number, { type: 'INT16' }))).toContain('INT16');
    const [output] = readLite(liteModel('conv-relu6.int8')).operators[0]?.outputs ?? [];
    const nothing = { scales: [0], zeroPoints: [0], axis: 0 };
    expect(stored((m) => tensorsWith(m, output as number, { quantization: nothing }))).toContain(
      'results with scales [0]',
    );
    const bias = { scales: new Array(8).fill(1), zeroPoints: new Array(8).fill(0), axis: 0 };
    expect(stored((m) => tensorsWith(m, m.operators[0]?.inputs[2] as number, { quantization: bias }))).toContain(
      'a bias with the scale 1',
    );
  });

  it('refuses a tensor of more numbers than any model has, before there is room for it', () => {
    const huge = changed('conv-plain.float', (m) =>
      tensorsWith(m, m.inputs[0]?.tensor as number, { shape: [1, 100_000, 100_000, 4] }),
    );
    expect(refusal(huge).code).toBe('limit-exceeded');
  });

  it('takes and answers stored numbers as the file has them, as bytes, or as real ones', async () => {
    const model = readLite(liteModel('described.int8'));
    const datatypes = async (options: EmitLiteOptions) => {
      const engine = await createEngine(emitLite(model, options).onnx);
      await engine.close();
      return [engine.inputs[0]?.datatype, engine.outputs[0]?.datatype];
    };
    expect(await datatypes(OWN)).toEqual(['INT8', 'INT8']);
    expect(await datatypes({ precision: 'exact', inputs: 'bytes', outputs: 'real' })).toEqual(['UINT8', 'FP32']);
    expect(await datatypes({ precision: 'exact', inputs: 'real', outputs: 'real' })).toEqual(['FP32', 'FP32']);
    expect(await datatypes({ precision: 'float32', inputs: 'bytes', outputs: 'real' })).toEqual(['UINT8', 'FP32']);
  });

  it('keeps weights as small as they are in the file', () => {
    const model = readLite(liteModel('conv-wide.int8'));
    const numbers = model.tensors[model.operators[0]?.inputs[1] as number]?.data?.length as number;
    for (const precision of ['exact', 'float32'] as const)
      expect(emitLite(model, { precision, inputs: 'real', outputs: 'real' }).onnx.length).toBeLessThan(
        2 * numbers + 1500,
      );
  });
});
