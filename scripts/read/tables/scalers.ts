import { expected } from '@freezeframe/inference';
import type { Scaled } from '#frozen';
import { ImportError } from '#guards';
import { itemsOf } from '../pickle/machine/values.ts';
import type { Source } from '../source.ts';
import { attributesOf, type Estimator, readEstimator, readVector } from './estimator.ts';

/** What scikit-learn does to one column: `scaled = x * scale + offset`, then cut to `clip`. */
export interface ScalerColumn {
  /** From `feature_names_in_`: there where it was fitted on a table with names. */
  readonly name?: string;
  /** Finite and above 0. */
  readonly scale: number;
  readonly offset: number;
  readonly clip?: readonly [number, number];
}

export interface Scaler {
  readonly kind: 'minmax' | 'standard' | 'maxabs' | 'robust';
  readonly columns: readonly ScalerColumn[];
}

/** `(x - centre) / spread` of each column, and what the results are cut to. */
interface Parts {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
  readonly clip?: readonly [number, number] | undefined;
}

const KINDS: Readonly<Record<string, { kind: Scaler['kind']; parts: (scaler: Estimator) => Parts }>> = {
  MinMaxScaler: { kind: 'minmax', parts: minMax },
  StandardScaler: { kind: 'standard', parts: standard },
  MaxAbsScaler: { kind: 'maxabs', parts: maxAbs },
  RobustScaler: { kind: 'robust', parts: robust },
};

/**
 * Reads a fitted scaler of scikit-learn, pickled or dumped by joblib, of any version that has these attributes.
 * @throws ImportError `option-mismatch` for what is no fitted scaler, `pickle-refused`, `file-damaged`, `limit-exceeded`
 */
export async function readScaler(source: Source): Promise<Scaler> {
  const scaler = await readEstimator(source);
  const known = KINDS[scaler.className];
  if (!known) throw notAScaler(scaler.className, source.path);
  const { scale, offset, clip } = known.parts(scaler);
  const names = readNames(scaler, scale.length);
  const columns = scale.map((factor, i) => {
    const shift = offset[i] as number;
    if (!(factor > 0 && Number.isFinite(factor) && Number.isFinite(shift))) {
      throw new ImportError(
        'file-damaged',
        expected('finite numbers', `column ${i} of the ${scaler.className}`, factor),
      );
    }
    return { ...(names ? { name: names[i] as string } : {}), scale: factor, offset: shift, ...(clip ? { clip } : {}) };
  });
  return { kind: known.kind, columns };
}

/**
 * The same as the numbers that become 0 and 1, which is how graphs are frozen.
 * @param name of a column that has none
 */
export function scaledOf({ name, scale, offset, clip }: ScalerColumn, otherwise: string, unit?: string): Scaled {
  const min = -offset / scale;
  return { name: name ?? otherwise, ...(unit ? { unit } : {}), min, max: min + 1 / scale, ...(clip ? { clip } : {}) };
}

function minMax(scaler: Estimator): Parts {
  const scale = readVector(scaler, 'scale_');
  const range = itemsOf(attributesOf(scaler).get('feature_range'))?.map(Number);
  const clips = attributesOf(scaler).get('clip') === true;
  if (clips && range?.length !== 2) throw unfitted(scaler.className, 'feature_range');
  return { scale, offset: readVector(scaler, 'min_', scale.length), clip: clips ? pair(range) : undefined };
}

function standard(scaler: Estimator): Parts {
  const attributes = attributesOf(scaler);
  // `std_` is scikit-learn's name for it up to 0.16.
  const spread = attributes.get('with_std') === false ? undefined : 'scale_';
  return centred(
    scaler,
    attributes.get('with_mean') === false ? undefined : 'mean_',
    attributes.has('scale_') ? spread : spread && 'std_',
  );
}

function robust(scaler: Estimator): Parts {
  const attributes = attributesOf(scaler);
  const centre = attributes.get('with_centering') === false ? undefined : 'center_';
  return centred(scaler, centre, attributes.get('with_scaling') === false ? undefined : 'scale_');
}

function maxAbs(scaler: Estimator): Parts {
  const clips = attributesOf(scaler).get('clip') === true;
  return { ...centred(scaler, undefined, 'scale_'), clip: clips ? [-1, 1] : undefined };
}

/** `(x - centre) / spread`; what is not done has no name. */
function centred(scaler: Estimator, centreName: string | undefined, spreadName: string | undefined): Parts {
  const named = centreName ?? spreadName;
  const count = named ? readVector(scaler, named).length : columnCount(scaler);
  const centre = centreName ? readVector(scaler, centreName) : Array.from({ length: count }, () => 0);
  const spread = spreadName ? readVector(scaler, spreadName, count) : Array.from({ length: count }, () => 1);
  return { scale: spread.map((value) => 1 / value), offset: spread.map((value, i) => -(centre[i] as number) / value) };
}

/** More columns than any table: a scaler that does nothing says only how many there are. */
const MOST_COLUMNS = 100_000;

function columnCount(scaler: Estimator): number {
  const count = attributesOf(scaler).get('n_features_in_');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST_COLUMNS) {
    throw unfitted(scaler.className, 'n_features_in_');
  }
  return count;
}

function readNames(scaler: Estimator, count: number): readonly string[] | undefined {
  const names = attributesOf(scaler).has('feature_names_in_') ? scaler.texts('feature_names_in_') : undefined;
  if (names && names.length !== count) {
    throw new ImportError('file-damaged', expected(`${count} names`, `the ${scaler.className}`, names.length));
  }
  return names;
}

function pair(range: readonly number[] | undefined): readonly [number, number] {
  return [range?.[0] as number, range?.[1] as number];
}

function unfitted(className: string, attribute: string): ImportError {
  return new ImportError('option-mismatch', expected(`the attribute ${attribute}`, `the ${className}`, undefined), {
    remedy: 'Fit it on the training data before it is saved.',
  });
}

function notAScaler(className: string, path: string): ImportError {
  const known = Object.keys(KINDS).join(', ');
  const encoder = /Encoder|Binarizer/.test(className);
  return new ImportError('option-mismatch', expected(`one of ${known}`, `the scaler ${path}`, className), {
    remedy: encoder
      ? 'Encoders are for labels: give it with --label-encoder. Encoded feature columns must be encoded before asking the model.'
      : `Save the ${known.split(', ')[0]} or another of these alone, and give that file.`,
  });
}
