import { describe, expect, it } from 'vitest';
import { looksLikeLite, readLite } from '../../../../scripts/tensorflow/lite/lite-model.ts';
import { liteModel } from '../../convert/tflite/answers.ts';
import { endsWell } from '../../read/mutate.ts';

describe('readLite', () => {
  it('reads tensors, operators and options', () => {
    const { tensors, operators, inputs, outputs, graphs } = readLite(liteModel('conv-relu6.int8'));
    expect({ inputs, outputs, graphs }).toMatchObject({
      inputs: [{ name: 'x0' }],
      outputs: [{ name: 'y0' }],
      graphs: 1,
    });
    const [convolution] = operators;
    expect(convolution).toMatchObject({
      name: 'CONV_2D',
      custom: false,
      options: { padding: 0, stride_w: 2, stride_h: 2, activation: 3, dilation_w: 1, dilation_h: 1 },
    });
    const filter = tensors[convolution?.inputs[1] ?? -1];
    expect(filter).toMatchObject({ type: 'INT8', shape: [8, 3, 3, 4], quantization: { axis: 0 } });
    expect(filter?.quantization?.scales).toHaveLength(8);
    expect(filter?.data).toHaveLength(8 * 3 * 3 * 4);
  });

  it('knows a model by its identifier', () => {
    expect(looksLikeLite(liteModel('neg.float').subarray(0, 8))).toBe(true);
    expect(looksLikeLite(new Uint8Array(8))).toBe(false);
  });

  it('reads or refuses a file that ends anywhere', async () => {
    const whole = liteModel('conv-relu6.int8');
    for (let end = 0; end < whole.length; end += 7) await endsWell(async () => readLite(whole.slice(0, end)));
  });

  it('reads or refuses any four bytes turned into an offset that leads anywhere', async () => {
    const whole = liteModel('split.float');
    let read = 0;
    for (let at = 0; at + 4 <= whole.length; at += 4) {
      for (const value of [0xffffffff, 0x7fffffff, 0x80000000, 4, whole.length]) {
        const changed = Uint8Array.from(whole);
        new DataView(changed.buffer).setUint32(at, value, true);
        if (await endsWell(async () => readLite(changed))) read++;
      }
    }
    // What is no offset may be anything.
    expect(read).toBeGreaterThan(0);
  });

  it('refuses a length of terabytes before it makes room for it', () => {
    const model = liteModel('neg.float');
    const changed = Uint8Array.from(model);
    const view = new DataView(changed.buffer);
    // The root's fields lead to its lists: each of their lengths in turn.
    for (let at = 8; at + 4 <= changed.length; at += 4) {
      const own = view.getUint32(at, true);
      view.setUint32(at, 0xfffffff0, true);
      try {
        readLite(changed);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ImportError' });
      }
      view.setUint32(at, own, true);
    }
  });
});
