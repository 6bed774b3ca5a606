import { describe, expect, it } from 'vitest';
import { type Answer, answerOf, holds, judge } from '../../../scripts/quantize/judge/answers.ts';
import { dealPictures } from '../../../scripts/quantize/judge/deal.ts';
import { agreementOn } from '../../../scripts/quantize/judge/words.ts';

const answer = (choice: number, ...numbers: number[]): Answer => ({ choice, numbers: Float32Array.from(numbers) });
const sure = answer(0, 0.9, 0.1);

describe('a judgement', () => {
  it('holds with two of a hundred first choices changed, and not with three', () => {
    const float = Array.from({ length: 100 }, () => sure);
    const changed = (count: number) => float.map((one, i) => (i < count ? answer(1, 0.4, 0.6) : one));
    expect(holds(judge(float, changed(2), []))).toBe(true);
    expect(holds(judge(float, changed(3), []))).toBe(false);
  });

  it('does not count labels that float is undecided between', () => {
    const { same, identical } = judge([answer(0, 0.51, 0.49)], [answer(1, 0.49, 0.51)], []);
    expect({ same, identical }).toEqual({ same: 1, identical: 0 });
  });

  it('says how many of the same are not the very same', () => {
    const one = [sure, answer(0, 0.51, 0.49)];
    expect(agreementOn(judge(one, [sure, answer(1, 0.49, 0.51)], []))).toMatch(
      /^100\.0 % of 2 pictures \(95 % interval .*\), 1 of them another label that float finds as probable$/,
    );
    expect(agreementOn(judge(one, one, []), 'of ours')).toMatch(/^100\.0 % of 2 pictures of ours \(.*\)$/);
  });

  it('counts a label that becomes unknown', () => {
    expect(judge([answer(0, 0.51, 0.49)], [answer(-1, 0.51, 0.49)], []).same).toBe(0);
  });

  it('does not hold where int8 is right more seldom', () => {
    const float = Array.from({ length: 200 }, () => answer(0, 0.51, 0.49));
    const int8 = float.map((one, i) => (i < 2 ? answer(1, 0.49, 0.51) : one));
    const labels = float.map(() => 0);
    expect(holds(judge(float, int8, labels))).toBe(false);
    expect(judge(float, int8, labels)).toMatchObject({ labelled: 200, top1Float: 1, top1Int8: 0.99 });
    expect(holds(judge(float, float, labels))).toBe(true);
  });

  it('asks of every label that may be true with others', () => {
    const several = (...numbers: number[]): Answer => ({ ...answer(0, ...numbers), independent: true });
    const float = [several(0.9, 0.8, 0.1), several(0.9, 0.51, 0.1)];
    // Another second label is another answer; where float is undecided of it, it is not.
    expect(judge(float, [several(0.9, 0.3, 0.1), several(0.9, 0.49, 0.1)], [])).toMatchObject({
      same: 1,
      identical: 0,
    });
    expect(judge([sure], [answer(0, 0.6, 0.4)], []).same).toBe(1);
  });

  it('reads logits and unknown pictures', () => {
    const tensor = (...data: number[]) => ({
      datatype: 'FP32' as const,
      shape: [1, data.length],
      data: Float32Array.from(data),
    });
    const received = { logits: tensor(0, Math.log(3)), distance: tensor(0.2) };
    const outputs = { name: 'logits', activation: 'none' } as const;
    expect(answerOf(outputs, received).numbers[1]).toBeCloseTo(0.75, 6);
    expect(answerOf({ ...outputs, unknown: { name: 'distance', threshold: 0.1 } }, received).choice).toBe(-1);
    expect(answerOf({ ...outputs, unknown: { name: 'distance', threshold: 0.3 } }, received).choice).toBe(1);
    expect(answerOf(outputs, received).independent).toBe(false);
    expect(answerOf({ name: 'distance', activation: 'sigmoid' }, received).independent).toBe(false);
    expect(answerOf({ name: 'logits', activation: 'sigmoid' }, received).independent).toBe(true);
  });
});

describe('pictures are dealt out', () => {
  it('200 of many judge, and none of those give ranges', () => {
    const { kind, parts } = dealPictures({ count: 460 });
    expect({ kind, sizes: parts.map(({ length }) => length) }).toEqual({ kind: 'held-out', sizes: [256, 204] });
    expect(new Set(parts.flat()).size).toBe(460);
  });

  it('a few are used for both, in turns', () => {
    const { kind, parts } = dealPictures({ count: 53 });
    expect({ kind, count: parts.length }).toEqual({ kind: 'cross-validated', count: 5 });
    expect(new Set(parts.flat()).size).toBe(53);
  });

  it('those of another split judge', () => {
    const { kind, parts } = dealPictures({ count: 1_000, judgeFrom: 700 });
    expect({ kind, sizes: parts.map(({ length }) => length) }).toEqual({ kind: 'held-out', sizes: [256, 300] });
    expect(Math.max(...(parts[0] ?? []))).toBeLessThan(700);
    expect(Math.min(...(parts[1] ?? []))).toBeGreaterThanOrEqual(700);
    expect(dealPictures({ count: 300, judgeFrom: 200 }).parts[1]?.some((i) => i < 200)).toBe(true);
  });

  it('of very many, some', () => {
    expect(dealPictures({ count: 100_000 }).parts.map(({ length }) => length)).toEqual([256, 1000]);
  });
});
