import { describe, expect, it } from 'vitest';
import { checkInterface } from '../../../../scripts/onnx/check/check-interface.ts';

const tensor = (name: string, shape: (number | null)[]) => ({ name, shape, datatype: 'FP32' as const });
const plain = tensor('x', [null, 224, 224, 3]);

describe('checkInterface', () => {
  it('takes what models have', () => {
    expect(() => checkInterface({ inputs: [plain], outputs: [tensor('y', [null, 1000])] })).not.toThrow();
  });

  it.each([
    ['no input', [], 'file-damaged'],
    ['a size of nothing', [tensor('x', [1, 0])], 'file-damaged'],
    ['an escape sequence', [tensor('x\u001b[2J', [1])], 'file-hostile'],
    ['a prototype', [tensor('__proto__', [1])], 'file-hostile'],
    ['half a pair', [tensor('\ud800', [1])], 'file-hostile'],
    ['a name without end', [tensor('x'.repeat(1e6), [1])], 'file-hostile'],
    ['more than memory', [tensor('x', [1, 2 ** 40])], 'limit-exceeded'],
    ['a thousand axes', [tensor('x', Array(1000).fill(1))], 'limit-exceeded'],
    ['a hundred thousand inputs', Array(1e5).fill(plain), 'limit-exceeded'],
  ])('refuses %s', (_, inputs, code) => {
    expect(() => checkInterface({ inputs, outputs: [plain] })).toThrow(expect.objectContaining({ code }));
    expect(() => checkInterface({ inputs: [plain], outputs: inputs })).toThrow(expect.objectContaining({ code }));
  });
});
