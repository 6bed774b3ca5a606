import type { TensorData } from '../datatype.ts';
import { expected, ModelError, RequestError } from '../errors.ts';
import type { ClassificationOutput, HeatmapOutput, Manifest } from '../manifest.ts';

/** Which parts of a picture speak for a label: its class activation map, as the graph answers it. */
export interface Heatmap {
  label: string;
  /**
   * Row by row from the top left of what the model sees of the picture: how much a part adds to the label's logit.
   * Negative where it speaks against the label.
   */
  values: number[][];
  /** Where the colours of an overlay begin and end. What lies outside has the colour of the nearer end. */
  scale: { low: number; high: number };
}

export interface HeatmapOptions {
  /** Default: the most probable one. */
  label?: string;
}

/** A model's heat map, or undefined where it has none. */
export function heatmapOutput({ output }: Pick<Manifest, 'output'>): HeatmapOutput | undefined {
  return output.kind === 'classification' ? output.heatmap : undefined;
}

/** @throws RequestError `heatmap-absent`, `label-absent`. */
export function checkHeatmap(manifest: Manifest, { label }: HeatmapOptions): HeatmapOutput {
  const heatmap = heatmapOutput(manifest);
  if (!heatmap) throw heatmapAbsent(manifest, []);
  const { labels } = manifest.output as ClassificationOutput;
  if (label === undefined || labels.includes(label)) return heatmap;
  const known = [...new Set(labels)];
  const named = known.slice(0, 8).join(', ') + (known.length > 8 ? ', ...' : '');
  throw new RequestError('label-absent', expected(`a label of the model ${manifest.name} (${named})`, 'label', label));
}

/** @param others the models at hand that have a heat map. */
export function heatmapAbsent({ name, version }: Pick<Manifest, 'name' | 'version'>, others: readonly string[]) {
  return new RequestError('heatmap-absent', `The model ${name}@${version} has no heat map`, {
    remedy:
      others.length > 0
        ? `These have one: ${others.join(', ')}.`
        : 'Ask a model whose graph ends in global average pooling and one dense layer, trained with a heat map.',
  });
}

/** Where one item of a batch has its map. */
export interface MapRow {
  /** float32 [batch, rows, columns, labels], or of channels where there is a kernel. */
  readonly tensor: TensorData;
  /** float32 [channels, labels]. */
  readonly kernel: TensorData | undefined;
  readonly row: number;
}

/**
 * The map of one item of a batch.
 * @param probabilities one per label: they choose where none is named, and between classes that share a name.
 * @throws ModelError `model-output-invalid`.
 */
export function heatmapOf(
  output: ClassificationOutput,
  map: MapRow,
  probabilities: readonly number[],
  { label }: HeatmapOptions,
): Heatmap {
  const { labels } = output;
  const [, rows = 0, columns = 0] = map.tensor.shape;
  const { name } = output.heatmap as HeatmapOutput;
  const chosen = mostProbable(probabilities, (index) => label === undefined || labels[index] === label);
  const valueAt = placesOf(map, chosen);
  const at = (y: number, x: number) => {
    const value = valueAt(y * columns + x);
    if (Number.isFinite(value)) return value;
    throw new ModelError('model-output-invalid', expected('finite numbers', `output ${name}`, value), {
      remedy: "Check the model's weights.",
    });
  };
  const values = Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (__, x) => at(y, x)));
  // What speaks against the label is not coloured; where nothing speaks for it, nothing is.
  return { label: labels[chosen] as string, values, scale: { low: 0, high: Math.max(0, ...values.flat()) } };
}

/** What each place adds to one label's logit. */
function placesOf({ tensor: { shape, data }, kernel, row }: MapRow, label: number): (place: number) => number {
  const [, rows = 0, columns = 0, width = 0] = shape;
  const first = row * rows * columns;
  if (!kernel) return (place) => Number(data[(first + place) * width + label]);
  const labels = kernel.shape[1] as number;
  const weights = new Float64Array(width);
  for (let i = 0; i < width; i++) weights[i] = Number(kernel.data[i * labels + label]);
  return (place) => {
    const from = (first + place) * width;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (weights[i] as number) * Number(data[from + i]);
    return sum;
  };
}

function mostProbable(probabilities: readonly number[], among: (index: number) => boolean): number {
  let best = -1;
  for (const [index, probability] of probabilities.entries()) {
    if (among(index) && (best < 0 || probability > (probabilities[best] as number))) best = index;
  }
  return best;
}
