import { warm } from '../shared/warm.ts';
import { handleInvocation } from './handler.ts';

await warm();

/** Direct invocation: see `handleInvocation`. */
export const handler = handleInvocation;
