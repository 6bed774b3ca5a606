import { RequestError } from '@freezeframe/inference';
import { problemDocument } from '#functions';
import { toEvent } from '../http/event.ts';
import { type HttpAnswer, problemAnswer, toAnswer } from '../http/result.ts';
import type { Outcome } from '../runtime/environment.ts';
import { isDocument } from './openapi.ts';

/**
 * The page `/docs`: what the functions say of themselves in `/openapi.json`, for people. It is the local gateway's alone: where
 * the API asks for keys, a browser that opens an address has none to show.
 */
export async function docsPage(
  invoke: (payload: string) => Promise<Outcome>,
  host: string,
  credentials: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const headers = { host, ...credentials };
  const event = toEvent({ method: 'GET', url: '/openapi.json', headers, body: Buffer.alloc(0), sourceIp: '127.0.0.1' });
  const outcome = await invoke(JSON.stringify(event));
  const answer = outcome.kind === 'response' ? toAnswer(outcome.body) : undefined;
  const document = answer?.status === 200 ? parse(answer.body) : undefined;
  if (!isDocument(document)) {
    const error = new RequestError('not-found', 'The functions say nothing of themselves at /openapi.json');
    return problemAnswer(problemDocument(error, '/docs'));
  }
  const { renderDocs } = await import('./render.ts');
  const { html, policy } = await renderDocs(document, `http://${host}`);
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: Buffer.from(html),
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
