import { observed } from '../shared/observe/observe.ts';
import { warm } from '../shared/runtime/warm.ts';
import { createApp } from './app.ts';
import { toHandler } from './gateway/gateway.ts';

await warm();

/** API Gateway HTTP API, payload format 2.0. */
export const handler = observed(toHandler(createApp()));
