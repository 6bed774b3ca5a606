import { describe, expect, it } from 'vitest';
import { relativeDifference } from '../../keras-answers.ts';
import { frozenAnswers, KERAS_GRAPHS } from '../../keras-graphs.ts';

describe('a frozen model answers as Keras did', () => {
  for (const [file, graphs] of Object.entries(KERAS_GRAPHS)) {
    it.each(graphs.map((graph) => ({ ...graph, file })))('$file: $title', async (graph) => {
      const received = await frozenAnswers(graph);
      expect(received.map(({ shape }) => shape)).toEqual(graph.outputs.map(({ shape }) => shape));
      for (const [i, { data }] of graph.outputs.entries()) {
        // bool answers are 0 and 1 in both.
        expect(relativeDifference(data, Array.from(received[i]?.data ?? [], Number))).toBeLessThanOrEqual(1e-5);
      }
      // An answer that is the same everywhere would show nothing.
      expect(graph.outputs.every(({ data }) => data.length === 1 || data.some((value) => value !== data[0]))).toBe(
        true,
      );
    });
  }
});
