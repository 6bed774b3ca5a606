import { answerTooLarge } from '../../shared/answer-too-large.ts';
import { problemResponse } from './problem.ts';

/** The most that JSON makes of one character. Bytes. */
const ESCAPED = 6;

/** How large a result is as JSON; 0 where its body cannot be too large, whatever JSON makes of it. */
export function resultBytes(result: { readonly body?: string | undefined }, most: number): number {
  if ((result.body ?? '').length * ESCAPED < most / 2) return 0;
  return Buffer.byteLength(JSON.stringify(result));
}

/** What is said of a body. The rest is of the exchange, and stays: the id of the request, what CORS allows. */
const OF_THE_BODY = /^(content-|cache-control$|etag$|inference-|server-timing$)/;

/**
 * In place of an answer that does not get through: Lambda or the load balancer would say 502 or 500, and not why.
 * @param headers of the answer.
 */
export function refuseAnswer(headers: Headers, bytes: number, most: number, path: string): Response {
  const response = problemResponse(answerTooLarge(bytes, most), path);
  for (const [name, value] of headers) if (!OF_THE_BODY.test(name)) response.headers.set(name, value);
  return response;
}
