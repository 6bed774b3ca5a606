import type { Timings } from '@freezeframe/inference';
import { Hono } from 'hono';
import { answer } from '../shared/answer.ts';
import { queryOptions } from '../shared/options.ts';
import { validate } from '../shared/validate.ts';
import { readQuestion } from './body.ts';

/** `POST /classify`: a picture, several, or tensors; one result object, or one for each in the order sent. */
export function classifyRoutes(): Hono {
  return new Hono().post('/classify', async (context) => {
    const started = performance.now();
    const options = validate(queryOptions, singleValues(context.req.queries()), 'The query');
    let timings: Timings | undefined;
    const question = await readQuestion(context.req.raw);
    const result = await answer(question, options, (measured) => {
      timings = measured;
    });
    context.header('cache-control', 'no-store');
    context.header('server-timing', serverTiming({ ...timings, total: performance.now() - started }));
    return context.json(result);
  });
}

/** `a=1` as text, `a=1&a=2` as a list, which no option is: a repeated one is refused, not silently dropped. */
function singleValues(queries: Record<string, string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  );
}

/** https://www.w3.org/TR/server-timing/: milliseconds. */
function serverTiming(durations: Record<string, number>): string {
  return Object.entries(durations)
    .map(([name, duration]) => `${name};dur=${duration.toFixed(1)}`)
    .join(', ');
}
