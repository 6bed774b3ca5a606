import { DATATYPE_INFO, type TensorData } from '@freezeframe/inference';
import type { Classifier } from '#convert';
import { firstChoice } from '#frozen';
import { mulberry32 } from '#system';
import { hasBatch } from '../facts/axes.ts';
import type { OpenedOnnx } from './open-onnx.ts';

export interface ClassifierFacts {
  /** Made-up samples whose own label is not the class of the largest number, and how many there were. */
  readonly otherLabels: number;
  readonly samples: number;
  /** What the numbers are: shares of one, each of its own, or scores. */
  readonly activation: 'softmax' | 'sigmoid' | 'none';
}

const SEED = 30;
const BATCHES = 16;
const ROWS = 16;
/** Nobody knows in which units a table is: small numbers, large ones, of both signs. */
const SCALES = [1, 10, 100, 1000];
/** Of probabilities in float32, summed. */
const SLACK = 1e-4;
/** Numbers this near are a tie, which either may win. */
const TIE = 1e-5;

/**
 * Whether a classifier's label is the class of its largest number, and whether its numbers are probabilities. Neither is
 * always so: a support vector machine votes for its label, and answers distances.
 */
export async function lookAtClassifier(
  opened: OpenedOnnx,
  classifier: Classifier,
): Promise<ClassifierFacts | undefined> {
  const { engine, axes } = opened;
  const rows = hasBatch(axes) ? ROWS : 1;
  const found: Sample[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const answers = await engine.run(feeds(opened, rows, batch));
    const some = samplesOf(classifier, answers[classifier.label.output], answers[classifier.scores]);
    if (!some) return undefined;
    found.push(...some);
  }
  const every = (fits: (numbers: Float64Array) => boolean) => found.every(({ numbers }) => fits(numbers));
  const shares = every((numbers) => numbers.every((value) => value >= -SLACK && value <= 1 + SLACK));
  const one = every((numbers) => Math.abs(numbers.reduce((sum, value) => sum + value, 0) - 1) <= SLACK);
  const activation = shares ? (one ? 'softmax' : 'sigmoid') : 'none';
  return {
    otherLabels: found.filter((sample) => !agrees(sample, activation)).length,
    samples: found.length,
    activation,
  };
}

interface Sample {
  /** Its own label, in the list of classes. */
  readonly index: number;
  readonly numbers: Float64Array;
}

/** Undefined where there is no label and no number for each class; of two classes, one number may stand for both. */
function samplesOf(
  { classes: { names }, label: { holds } }: Classifier,
  label: TensorData | undefined,
  scores: TensorData | undefined,
): Sample[] | undefined {
  const columns = scores?.shape[1] ?? 0;
  if (!label || !scores || scores.shape.length !== 2 || label.data.length !== scores.shape[0]) return undefined;
  if (columns !== names.length && !(columns === 1 && names.length === 2)) return undefined;
  const numbers = Float64Array.from(scores.data as Float32Array, Number);
  return Array.from(label.data as BigInt64Array, (given, row) => ({
    index: holds === 'index' ? Number(given) : names.indexOf(String(given)),
    numbers: numbers.subarray(row * columns, (row + 1) * columns),
  }));
}

function agrees({ index, numbers }: Sample, activation: ClassifierFacts['activation']): boolean {
  const [first = Number.NaN] = numbers;
  if (numbers.length === 1) {
    // What tells the two classes apart: a half of a probability, zero of a score.
    const over = first - (activation === 'none' ? 0 : 0.5);
    return Math.abs(over) <= TIE || index === Number(over > 0);
  }
  const most = numbers[firstChoice(numbers, 0, numbers.length)] as number;
  return Math.abs(most - (numbers[index] ?? Number.NaN)) <= TIE * Math.max(1, Math.abs(most));
}

function feeds({ engine, shapeFor }: OpenedOnnx, rows: number, batch: number): Record<string, TensorData> {
  const random = mulberry32(SEED + batch);
  const scale = SCALES[batch % SCALES.length] as number;
  // Many tables hold no negative number.
  const least = batch % (2 * SCALES.length) < SCALES.length ? 0 : -1;
  const made = engine.inputs.map(({ name, datatype }): [string, TensorData] => {
    const shape = shapeFor(name, rows);
    const data = new DATATYPE_INFO[datatype].array(shape.reduce((n, size) => n * size, 1));
    const big = datatype === 'INT64' || datatype === 'UINT64';
    for (let i = 0; i < data.length; i++) {
      const value = (least + random() * (1 - least)) * scale;
      data[i] = (big ? BigInt(Math.trunc(value)) : value) as never;
    }
    return [name, { datatype, shape, data }];
  });
  return Object.fromEntries(made);
}
