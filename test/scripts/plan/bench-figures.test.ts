import { expect, it } from 'vitest';
import type { ServeFigures } from '../../../scripts/bench/serve/run.ts';
import { parseFigures } from '../../../scripts/plan/figures.ts';

const warm = { medianMs: 41, p95Ms: 48, p99Ms: 60, spread: 0, answers: 108, dollarsPerMillion: 1 };

/** As the benchmark writes it; the compiler sees when it no longer does. */
const figures = {
  floor: { about: 'sharp and onnxruntime', cold: { readyMs: 1, firstMs: 2 }, warm: {} },
  freezeframe: {
    about: 'the built http function',
    peakMb: 190,
    cold: { readyMs: 800, firstMs: 860 },
    warm: { '1280x960 JPEG': warm },
  },
} satisfies ServeFigures;

it('takes the figures of a benchmark', () => {
  const { of, figures: measured } = parseFigures({ bench: 'serve', machine: {}, figures }, 'serve.json');
  expect(of).toBe('npm run bench -- serve, 1280x960 JPEG');
  const [{ memoryMb, init, first, warm: times, peakMb } = {}] = measured;
  expect([memoryMb, init?.(0.5), first?.(0.5), times?.(0.5), times?.(0.95), peakMb]).toEqual([
    1769, 800, 60, 41, 48, 190,
  ]);
});

it.each([
  ['of nothing', {}],
  ['of cold starts alone', { freezeframe: { ...figures.freezeframe, warm: undefined } }],
  ['of warm answers alone', { freezeframe: { ...figures.freezeframe, cold: undefined } }],
  ['of another subject', { floor: figures.floor }],
])('refuses a benchmark %s', (_, some) => {
  const parse = () => parseFigures({ bench: 'serve', figures: some }, 'serve.json');
  expect(parse).toThrow(expect.objectContaining({ code: 'figures-invalid' }));
});
