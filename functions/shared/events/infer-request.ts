import type { InferRequest } from '@freezeframe/inference';
import { answer } from '../answer.ts';
import { type AnsweredEvent, hasField } from './kind.ts';

/** An Open Inference Protocol v2 request; it gets the protocol's response. */
export const inferRequest: AnsweredEvent = {
  recognises: (event) => hasField(event, 'inputs'),
  answer: (event) => answer({ infer: event as InferRequest }),
};
