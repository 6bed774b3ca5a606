import { describe, expect, it } from 'vitest';
import { checkOnnx } from '../../../../scripts/onnx/check/check-onnx.ts';
import { parseOnnx } from '../../../../scripts/onnx/check/parse-onnx.ts';
import { deepIfs, doublingFunctions, recursiveFunction } from '../hostile-models.ts';

const check = (onnx: Uint8Array) => checkOnnx(parseOnnx(onnx));

describe('functions and graphs within graphs', () => {
  it('may be nested as exporters nest them', () => {
    expect(() => check(doublingFunctions(8))).not.toThrow();
    expect(() => check(deepIfs(10))).not.toThrow();
  });

  it.each([
    ['a function that calls itself', recursiveFunction(), 'file-hostile'],
    ['2^40 nodes once they are written out', doublingFunctions(40), 'limit-exceeded'],
    ['conditions within conditions', deepIfs(20), 'limit-exceeded'],
    ['deeper than protobuf is read', deepIfs(300), 'file-damaged'],
  ])('%s: refused at once', (_, onnx, code) => {
    const start = performance.now();
    expect(() => check(onnx)).toThrow(expect.objectContaining({ code }));
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});
