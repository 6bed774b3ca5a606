import { afterAll, afterEach, beforeAll } from 'vitest';
import { listen, refusePrinted } from './printed.ts';

// A unit test that prints fails: a run shows its results and nothing else. Who provokes a log calls `expectPrinted`.
const stop = listen();
beforeAll(refusePrinted);
afterEach(refusePrinted);
afterAll(() => {
  stop();
  refusePrinted();
});
