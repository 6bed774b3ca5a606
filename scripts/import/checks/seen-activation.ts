import type { TensorData } from '@freezeframe/inference';
import type { PreparedModel } from '../prepared.ts';

/** Of probabilities in half precision, summed. */
const SLACK = 2e-3;

type Stated = Pick<PreparedModel, 'manifest' | 'notes'>;

/**
 * Takes numbers for probabilities where they are seen to be: a softmax may be written as exponentials and their sum, cut
 * behind, or be the average of several models. Taken for logits they would go through a second softmax.
 * @param run what the graph answers to made-up samples; only asked for where that decides
 */
export async function seenActivation(
  { manifest, notes }: Stated,
  run: () => Promise<Record<string, TensorData>>,
): Promise<Stated> {
  const { output } = manifest;
  if (output.kind !== 'classification' || output.activation !== 'none') return { manifest, notes };
  const answers = await run();
  const scores = answers[output.name] as TensorData;
  if (!sharesOf(scores)) return { manifest, notes };
  if (!addsUpToOne(scores)) {
    const doubt = `All numbers of ${output.name} lie between 0 and 1 but do not add up to 1: they are taken for scores, of which a softmax makes probabilities. If each is a probability of its own, end the model with a Sigmoid and import it again.`;
    return { manifest, notes: [...notes, doubt] };
  }
  const note = `The numbers of each answer ${output.name} add up to 1: they are probabilities already.`;
  return { manifest: { ...manifest, output: { ...output, activation: 'softmax' } }, notes: [...notes, note] };
}

/** Several numbers for each sample, all of them shares of one. */
function sharesOf({ shape, data }: TensorData): boolean {
  return shape[1] !== 1 && Array.from(data as Float32Array).every((value) => value >= -SLACK && value <= 1 + SLACK);
}

function addsUpToOne({ shape, data }: TensorData): boolean {
  const [, width = 1] = shape;
  const numbers = Float64Array.from(data as Float32Array, Number);
  for (let at = 0; at < numbers.length; at += width) {
    const sum = numbers.subarray(at, at + width).reduce((all, value) => all + value, 0);
    if (Math.abs(sum - 1) > SLACK) return false;
  }
  return true;
}
