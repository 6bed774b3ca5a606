import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../scripts/reference/evaluator/index.ts';
import { inputOf, KERAS_ANSWERS, modelOf as layerModelOf } from '../../convert/keras-answers.ts';
import { inputOf as graphInput, KERAS_GRAPHS, withWeights } from '../../convert/keras-graphs.ts';
import { farthest, formulaInput, modelOf, RECORDED } from './recorded.ts';

const TOLERANCE = 1e-5;

describe('the plain evaluator answers as Keras did', () => {
  it.each(RECORDED)('$name', async (recorded) => {
    const inputs = recorded.inputs.map(({ shape, vocabulary }) => formulaInput(shape, vocabulary));
    const received = await evaluate(modelOf(recorded), inputs);
    expect(farthest(recorded.outputs, received)).toBeLessThanOrEqual(TOLERANCE);
    expect(recorded.outputs.some(({ data }) => data.some((value) => value !== 0))).toBe(true);
  });

  for (const [file, graphs] of Object.entries(KERAS_GRAPHS).filter(([name]) => /^(more|operators)-/.test(name))) {
    it.each(graphs)(`${file}: $title`, async (graph) => {
      const inputs = graph.inputs.map((input) => {
        const { shape, data } = graphInput(input);
        return { shape, data: input.vocabulary === undefined ? (data as Float32Array) : (data as Int32Array) };
      });
      const received = await evaluate(withWeights(graph), inputs);
      expect(farthest(graph.outputs, received)).toBeLessThanOrEqual(TOLERANCE);
    });
  }

  for (const [file, answers] of Object.entries(KERAS_ANSWERS)) {
    it(`all ${answers.length} of keras-answers/${file}.json`, async () => {
      for (const answer of answers) {
        const { shape, data } = inputOf(answer);
        const received = await evaluate(layerModelOf(answer), [
          { shape, data: Float32Array.from(data as Float32Array) },
        ]);
        expect(farthest([answer.output], received), answer.title).toBeLessThanOrEqual(TOLERANCE);
      }
    });
  }
});
