import type { InferRequest } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { answer } from '../answer.ts';
import { optionsShape } from '../options.ts';
import { validate } from '../validate.ts';
import { type AnsweredEvent, hasField } from './kind.ts';

/** Strict: the default model would answer who names another one by a word that nobody reads. The rest is the model's to check. */
const schema = z.strictObject({
  model: optionsShape.model,
  version: optionsShape.version,
  id: z.optional(z.unknown()),
  parameters: z.optional(z.unknown()),
  inputs: z.unknown(),
  outputs: z.optional(z.unknown()),
});

/**
 * An Open Inference Protocol v2 request; it gets the protocol's response. The protocol names the model in the address, of which
 * an invocation has none: `model` and `version` stand beside the inputs.
 */
export const inferRequest: AnsweredEvent = {
  recognises: (event) => hasField(event, 'inputs'),
  async answer(event) {
    const { model, version, ...infer } = validate(schema, event, 'The event');
    return answer({ infer: infer as InferRequest }, { model, version });
  },
};
