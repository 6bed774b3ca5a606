import { describe, expect, it } from 'vitest';
import { planFreeze } from '../../../../../scripts/convert/plan/plan.ts';
import { frozenAnswerTo, KERAS_ANSWERS, modelOf, relativeDifference } from '../../keras-answers.ts';

describe('a frozen layer answers as Keras did', () => {
  for (const [file, answers] of Object.entries(KERAS_ANSWERS)) {
    it.each(answers.map((answer) => ({ ...answer, file })))('$file: $title', async (answer) => {
      const model = modelOf(answer);
      const plan = planFreeze(model);
      const received = await frozenAnswerTo(answer);
      expect(plan.shapes.get(plan.outputs[0] as string)?.map((size) => size ?? null)).toEqual(answer.keras);
      expect(received.shape).toEqual(answer.output.shape);
      expect(relativeDifference(answer.output.data, received.data)).toBeLessThanOrEqual(1e-5);
      expect(answer.output.data.some((value) => value !== 0)).toBe(true);
    });
  }
});
