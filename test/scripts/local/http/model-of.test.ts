import { expect, it } from 'vitest';
import { requestLine } from '../../../../scripts/local/http/front.ts';
import { modelOf } from '../../../../scripts/local/http/model-of.ts';

const answer = (body: unknown, type = 'application/json') => ({
  status: 200,
  headers: { 'content-type': type },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

it.each([
  [{ model: { name: 'a', version: '2' } }, 'a@2'],
  [{ results: [{ model: { name: 'a', version: '2' } }, {}] }, 'a@2'],
  [{ model_name: 'a', model_version: '1' }, 'a@1'],
  [{ model: 'a' }, undefined],
  [{ results: [] }, undefined],
  [{ results: [null] }, undefined],
  [null, undefined],
  [[1], undefined],
  ['{', undefined],
])('%j was given by %s', (body, model) => {
  expect(modelOf(answer(body))).toBe(model);
});

it('reads nothing but JSON of an answer’s length', () => {
  const good = { model: { name: 'a', version: '2' } };
  expect(modelOf(answer(good, 'application/json; charset=utf-8'))).toBe('a@2');
  expect(modelOf(answer(good, 'image/png'))).toBeUndefined();
  expect(modelOf(answer({ ...good, more: 'x'.repeat(2 ** 20) }))).toBeUndefined();
});

it('is shown at the end of a line', () => {
  const report = { method: 'GET', path: '/', status: 200, milliseconds: 1.6 };
  expect([requestLine(report), requestLine({ ...report, model: 'a@2' })]).toEqual([
    'GET / 200 2 ms',
    'GET / 200 2 ms a@2',
  ]);
});
