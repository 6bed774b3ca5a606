import { expect, it } from 'vitest';
import { OPERATOR_NAMES } from '../../../../scripts/convert/tflite/operators/index.ts';
import { EXECUTORS } from '../../../../scripts/reference/tflite/operators.ts';

it('has an executor for each operator that is written', () => {
  expect(OPERATOR_NAMES.filter((name) => !Object.hasOwn(EXECUTORS, name))).toEqual([]);
});
