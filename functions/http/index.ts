import { observed } from '../shared/observe/observe.ts';
import { warm } from '../shared/runtime/warm.ts';
import { createApp } from './app.ts';
import { toHandler } from './gateway/gateway.ts';

await warm();

/** Requests that come by API Gateway, a function URL or a load balancer: see `toHandler`. */
export const handler = observed(toHandler(createApp()));
