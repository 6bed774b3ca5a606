import { observed } from '../shared/observe/observe.ts';
import { warm } from '../shared/runtime/warm.ts';
import { handleInvocation } from './handler.ts';

await warm();

/** Direct invocation, EventBridge, Step Functions: see `handleInvocation`. */
export const handler = observed(handleInvocation);
