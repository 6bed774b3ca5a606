import type { GatewayEvent } from './gateway.ts';

/** What Hono's context carries here. */
export interface HttpEnvironment {
  Bindings: {
    /** The event that the request was made of: its `requestContext` holds what an authorizer found. Absent in tests. */
    event?: GatewayEvent;
  };
}
