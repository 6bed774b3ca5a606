import type { BatchResult, Problem, Timings } from '@freezeframe/inference';
import { type Answer, answer } from '../../shared/answer.ts';
import { queryOptions } from '../../shared/options.ts';
import { classifyBodies, readQuestion } from '../body/classify-body.ts';
import { serverTiming } from '../responses/server-timing.ts';
import { type Route, route } from '../route.ts';
import { batchResult, result } from '../schemas.ts';

export const classifyRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/classify',
    id: 'classify',
    tag: 'Pictures',
    summary: 'Ask about a picture, several, or tensors',
    description:
      'One picture is answered with one result; several with one for each, in the order sent. A picture that cannot be used fails alone among several.',
    query: queryOptions,
    body: classifyBodies,
    responses: {
      200: {
        description: 'One result, or one for each.',
        content: { 'application/json': result.or(batchResult) },
        headers: { 'server-timing': 'Milliseconds of decode, run and total.' },
      },
    },
    problems: [404, 413, 415, 422],
    handle: async ({ context, query }) => {
      const started = performance.now();
      let timings: Timings = { decode: 0, run: 0 };
      const { question, refused } = await readQuestion(context.req.raw);
      const answered = await answer(question, query, (measured) => {
        timings = measured;
      });
      context.header('cache-control', 'no-store');
      context.header('server-timing', serverTiming({ ...timings, total: performance.now() - started }));
      return context.json(refused ? withRefused(answered as BatchResult, refused) : answered);
    },
  }),
];

/** Puts what could not be asked where it was sent. */
function withRefused({ results }: BatchResult, refused: ReadonlyMap<number, Problem>): Answer {
  const rest = [...results];
  const count = results.length + refused.size;
  return { results: Array.from({ length: count }, (_, index) => refused.get(index) ?? (rest.shift() as Problem)) };
}
