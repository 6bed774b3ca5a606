import { type BatchResult, expected, type Problem, RequestError, type Timings } from '@freezeframe/inference';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import * as z from 'zod/mini';
import { type Answer, answer, drawAnswer, type Question } from '../../shared/answer.ts';
import { classifyOptions } from '../../shared/options.ts';
import { classifyBodies, readQuestion } from '../body/classify-body.ts';
import { answeredBy } from '../responses/answered-by.ts';
import { serverTiming } from '../responses/server-timing.ts';
import { type Route, route } from '../route.ts';
import { batchResult, result } from '../schemas.ts';

const JSON_TYPE = 'application/json';
const PNG = 'image/png';

export const classifyRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/classify',
    id: 'classify',
    tag: 'Pictures',
    summary: 'Ask about a picture, several, or tensors',
    description:
      'One picture is answered with one result; several with one for each, in the order sent. A picture that cannot be used fails alone among several. The heat map of one picture is drawn on it where image/png is accepted.',
    query: classifyOptions,
    body: classifyBodies,
    responses: {
      200: {
        description: 'One result, or one for each.',
        content: { 'application/json': () => z.union([result(), batchResult()]), 'image/png': undefined },
        headers: { 'server-timing': 'Milliseconds of decode, run and total.' },
      },
    },
    problems: [404, 413, 415, 422],
    handle: async ({ context, query }) => {
      const started = performance.now();
      let timings: Timings = { decode: 0, run: 0 };
      const { question, refused } = await readQuestion(context.req.raw);
      const note = (measured: Timings) => {
        timings = measured;
      };
      const drawn =
        query.explain && wantsPng(context) ? await drawAnswer(onePicture(question), query, note) : undefined;
      const answered = drawn ? undefined : await answer(question, query, note);
      context.header('cache-control', 'no-store');
      context.header('server-timing', serverTiming({ ...timings, total: performance.now() - started }));
      if (query.explain) context.header('vary', 'accept', { append: true });
      if (drawn) {
        answeredBy(context, drawn.result.model);
        return context.body(new Uint8Array(drawn.overlay), 200, { 'content-type': PNG });
      }
      return context.json(refused ? withRefused(answered as BatchResult, refused) : (answered as Answer));
    },
  }),
];

function wantsPng(context: Context): boolean {
  return accepts(context, { header: 'Accept', supports: [JSON_TYPE, PNG], default: JSON_TYPE }) === PNG;
}

/** @throws RequestError `request-invalid`. */
function onePicture(question: Question): Uint8Array {
  if ('picture' in question) return question.picture;
  throw new RequestError('request-invalid', expected('one picture', 'an answer as image/png', Object.keys(question)), {
    remedy: 'Accept application/json for heat maps of several pictures, or of tensors.',
  });
}

/** Puts what could not be asked where it was sent. */
function withRefused({ results }: BatchResult, refused: ReadonlyMap<number, Problem>): Answer {
  const rest = [...results];
  const count = results.length + refused.size;
  return { results: Array.from({ length: count }, (_, index) => refused.get(index) ?? (rest.shift() as Problem)) };
}
