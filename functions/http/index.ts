import { observed } from '../shared/observe.ts';
import { warm } from '../shared/warm.ts';
import { createApp } from './app.ts';
import { useEventResponses } from './event-response.ts';
import { toHandler } from './gateway.ts';

useEventResponses();
await warm();

/** API Gateway HTTP API, payload format 2.0. */
export const handler = observed(toHandler(createApp()));
