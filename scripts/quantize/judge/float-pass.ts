import { createEngine, expected, FreezeframeError } from '@freezeframe/inference';
import { TensorProto_DataType } from '#onnx';
import { type FloatGraph, withOutputs } from '../graph/float-graph.ts';
import { Calibration } from '../ranges/calibration.ts';
import { type QuantizeSubject, throwIfAborted } from '../subject.ts';
import { type Answer, answerOf, outputNames } from './answers.ts';
import type { Deal } from './deal.ts';

/** What the float graph says of the pictures. */
export interface FloatPass {
  /** Of each part of the deal; undefined for the part that only judges. */
  readonly calibrations: readonly (Calibration | undefined)[];
  readonly answers: ReadonlyMap<number, Answer>;
  /** The parts without pictures that cannot be read. */
  readonly parts: readonly (readonly number[])[];
}

/** Below it, a share of agreement says nothing. */
const LEAST_PICTURES = 10;

/**
 * Runs the float graph over all pictures that were dealt out, and notes the ranges of its values.
 * @throws FreezeframeError `calibration-unusable` where too few can be read, `precision-not-possible` where values are not finite
 */
export async function floatPass(graph: FloatGraph, deal: Deal, subject: QuantizeSubject): Promise<FloatPass> {
  const { pictures, answers: outputs, onProgress } = subject;
  const traced = new Set([...graph.roots, ...graph.channels]);
  const inputs = new Set(graph.model.graph?.input.map(({ name }) => name));
  const wanted = [...traced].filter((name) => !inputs.has(name));
  const engine = await createEngine(withOutputs(graph.model, wanted, TensorProto_DataType.FLOAT));
  const original = await createEngine(subject.onnx);
  const total = deal.parts.reduce((sum, part) => sum + part.length, 0);
  let done = 0;
  const answers = new Map<number, Answer>();
  const calibrations: (Calibration | undefined)[] = [];
  try {
    for (const [number, part] of deal.parts.entries()) {
      const calibration = deal.kind === 'held-out' && number > 0 ? undefined : new Calibration();
      calibrations.push(calibration);
      for (const picture of part) {
        throwIfAborted(subject);
        onProgress?.('Calibrating', ++done, total);
        const sample = await pictures.read(picture);
        if (!sample) continue;
        if (calibration) {
          const values = await engine.run(sample, wanted);
          calibration.add({ ...sample, ...values }, graph.roots, graph.channels);
        }
        answers.set(picture, answerOf(outputs, await original.run(sample, outputNames(outputs))));
      }
    }
  } finally {
    await engine.close();
    await original.close();
  }
  const parts = deal.parts.map((part) => part.filter((picture) => answers.has(picture)));
  const least = Math.min(...parts.map(({ length }) => length));
  if (answers.size < LEAST_PICTURES || least === 0) throw tooFew(answers.size);
  for (const calibration of calibrations) if (calibration) checkFinite(calibration, graph.roots);
  return { calibrations, answers, parts };
}

export function tooFew(count: number): FreezeframeError {
  const message = expected(`at least ${LEAST_PICTURES} different pictures that can be read`, 'calibration', count);
  return new FreezeframeError('calibration-unusable', message, {
    remedy: 'Give some hundred pictures of the kind that the model will be asked about: --calibrate FOLDER.',
  });
}

function checkFinite(calibration: Calibration, roots: ReadonlySet<string>): void {
  const wrong = [...roots].find((name) => !calibration.histogram(name).finite);
  if (wrong === undefined) return;
  const message = expected('finite numbers', `the value ${wrong} of the graph`, 'NaN or infinity');
  throw new FreezeframeError('precision-not-possible', message, {
    remedy: 'Leave out --precision int8, or the pictures that have such numbers.',
  });
}
