import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { readResultRow } from '../../shared/jobs/earlier-rows.ts';
import { once } from '../../shared/runtime/once.ts';
import { asking } from '../busy.ts';
import { type Route, route } from '../route.ts';
import { problem, result } from '../schemas.ts';

/** Seconds after which it is worth asking again. */
const RETRY_AFTER = '2';

const idParam = once(() => z.object({ id: z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/)) }));

const pending = once(() => z.object({ id: z.string(), status: z.literal('pending') }));
const settled = once(() =>
  z.union([
    z.object({ id: z.string(), status: z.literal('done'), result: result() }),
    z.object({ id: z.string(), status: z.literal('failed'), problem: problem() }),
  ]),
);

export const resultsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/results/{id}',
    id: 'result',
    tag: 'Pictures',
    summary: 'What became of an upload',
    params: idParam,
    responses: {
      200: {
        description: 'The result, or the problem of a picture that could not be used.',
        content: { 'application/json': settled },
      },
      202: {
        description: 'Not yet.',
        content: { 'application/json': pending },
        headers: { 'retry-after': 'Seconds to wait before asking again.' },
      },
    },
    problems: [404, 410],
    handle: async ({ context, params: { id } }) => {
      const table = process.env.RESULTS_TABLE;
      if (!table) {
        throw new RequestError('feature-off', 'Results are not kept here', { remedy: 'Set RESULTS_TABLE.' });
      }
      const row = await asking(readResultRow(table, id));
      context.header('cache-control', 'no-store');
      if (!row)
        throw new RequestError('result-absent', 'There is no result of this id', { remedy: 'See POST /uploads.' });
      // DynamoDB removes what has expired within days, not at once.
      if (row.expiresAt <= Date.now() / 1000) {
        const what = row.status === 'pending' ? 'The upload never came' : 'The result was kept for its time';
        throw new RequestError('result-gone', what, { remedy: 'Upload the picture again: POST /uploads.' });
      }
      if (row.status === 'done') return context.json({ id, status: 'done', result: row.result });
      if (row.status === 'failed') return context.json({ id, status: 'failed', problem: row.problem });
      return context.json({ id, status: 'pending' }, 202, { 'retry-after': RETRY_AFTER });
    },
  }),
];
