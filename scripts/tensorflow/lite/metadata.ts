import { ImportError } from '#guards';
import { Table } from './flatbuffer.ts';

/**
 * What a file's metadata tells of its pictures and classes: the schema is tensorflow_lite_support/metadata/metadata_schema.fbs
 * (Apache-2.0).
 */
export interface LiteMetadata {
  /** (x - mean) / deviation of bytes 0..255, for all channels or for each. */
  readonly normalization?: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  readonly colour?: 'rgb' | 'grey';
  /** Files behind the model that hold the names of the first output's classes. */
  readonly labelFiles: readonly string[];
}

/** Under which a model keeps it. */
export const LITE_METADATA = 'TFLITE_METADATA';

const [MAX_LIST, MAX_CHANNELS] = [1000, 16];
const [NORMALIZATION, IMAGE] = [1, 2];
const COLOURS = [undefined, 'rgb', 'grey'] as const;
const LABELS_OF_AXIS = 2;

/** @throws ImportError `file-damaged` */
export function readLiteMetadata(bytes: Uint8Array): LiteMetadata {
  const [graph] = Table.root(bytes).tables(3, MAX_LIST);
  const [input] = graph?.tables(2, MAX_LIST) ?? [];
  const [output] = graph?.tables(3, MAX_LIST) ?? [];
  const normalization =
    input && readNormalization([...input.tables(4, MAX_LIST), ...(graph?.tables(5, MAX_LIST) ?? [])]);
  const content = input?.table(3);
  const image = content?.number(0, 'uint8') === IMAGE ? content.table(1) : undefined;
  const colour = COLOURS[image?.number(0, 'int8') ?? 0];
  const files = output?.tables(6, MAX_LIST) ?? [];
  const labels = files.filter((file) => file.number(2, 'int8') === LABELS_OF_AXIS).map((file) => file.text(0) ?? '');
  return {
    ...(normalization ? { normalization } : {}),
    ...(colour ? { colour } : {}),
    labelFiles: labels.filter((name) => name !== ''),
  };
}

function readNormalization(units: readonly Table[]): LiteMetadata['normalization'] {
  const unit = units.find((one) => one.number(0, 'uint8') === NORMALIZATION)?.table(1);
  if (!unit) return undefined;
  const [mean, deviation] = [unit.numbers(0, 'float32', MAX_CHANNELS), unit.numbers(1, 'float32', MAX_CHANNELS)];
  if (mean.length === 0 || mean.length !== deviation.length) return undefined;
  if ([...mean, ...deviation].every(Number.isFinite) && deviation.every((one) => one > 0)) return { mean, deviation };
  throw new ImportError('file-damaged', 'The metadata of the model has a normalization that is none.');
}
