import { MAX_ANSWER_BYTES, MAX_REQUEST_BYTES } from '#functions';

/** Invocation payload, request: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const REQUEST_PAYLOAD_LIMIT = MAX_REQUEST_BYTES;

/** Invocation payload, response. */
export const RESPONSE_PAYLOAD_LIMIT = MAX_ANSWER_BYTES;

/** A request's body at an HTTP API: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const API_BODY_LIMIT = 10 * 1024 * 1024;

/** Request line and headers together, same page. */
export const API_HEADER_LIMIT = 10_240;

/** An HTTP API waits this long for its integration, same page. Milliseconds. */
export const INTEGRATION_TIMEOUT_MS = 30_000;

/** Lambda gives a runtime this long to start. Milliseconds. */
export const INIT_TIMEOUT_MS = 10_000;
