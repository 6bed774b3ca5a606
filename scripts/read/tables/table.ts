import { expected } from '@freezeframe/inference';
import { numbered, type Scaled } from '#frozen';
import { ImportError } from '#guards';
import { openSource, type Source } from '../source.ts';
import { readLabelEncoder } from './label-encoder.ts';
import { readScaler, type Scaler, scaledOf } from './scalers.ts';

/** Pickled scikit-learn objects that belong to a model. */
export interface TableFiles {
  readonly scaler?: string | undefined;
  readonly targetScaler?: string | undefined;
  readonly labelEncoder?: string | undefined;
}

/** What was in them: plain data, so that it can be read in another thread. */
export interface Table {
  readonly scaler?: Scaler | undefined;
  readonly targetScaler?: Scaler | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** Names and units that the user gives. */
export interface TableNames {
  readonly featureNames?: readonly string[] | undefined;
  readonly targetName?: string | undefined;
  readonly targetUnit?: string | undefined;
}

/** @throws ImportError `not-found`, `pickle-refused`, `file-damaged`, `option-mismatch` */
export async function readTable({ scaler, targetScaler, labelEncoder }: TableFiles): Promise<Table> {
  return {
    scaler: await read(scaler, readScaler),
    targetScaler: await read(targetScaler, readScaler),
    labels: await read(labelEncoder, readLabelEncoder),
  };
}

async function read<T>(path: string | undefined, reader: (source: Source) => Promise<T>): Promise<T | undefined> {
  if (path === undefined) return undefined;
  const source = await openSource(path);
  try {
    return await reader(source);
  } finally {
    await source.close();
  }
}

/**
 * What each number that goes in means; undefined where nobody has said anything of it.
 * @throws ImportError `option-mismatch` where there are more or fewer names than columns
 */
export function featuresOf({ scaler }: Table, { featureNames }: TableNames): readonly Scaled[] | undefined {
  if (!scaler) return featureNames ? numbered(featureNames.length, featureNames) : undefined;
  if (featureNames && featureNames.length !== scaler.columns.length) {
    throw new ImportError(
      'option-mismatch',
      expected(`${scaler.columns.length} names, as many as the scaler has columns,`, '--feature-names', featureNames),
    );
  }
  return scaler.columns.map((column, i) => {
    const scaled = scaledOf(column, `feature_${i + 1}`);
    return featureNames ? { ...scaled, name: featureNames[i] as string } : scaled;
  });
}

/** What each number that comes out means. */
export function valuesOf(
  { targetScaler }: Table,
  { targetName, targetUnit }: TableNames,
): readonly Scaled[] | undefined {
  if (targetScaler) {
    const single = targetScaler.columns.length === 1;
    return targetScaler.columns.map((column, i) => {
      const scaled = scaledOf(column, single ? 'value' : `value_${i + 1}`, targetUnit);
      return single && targetName !== undefined ? { ...scaled, name: targetName } : scaled;
    });
  }
  if (targetName === undefined && targetUnit === undefined) return undefined;
  return numbered(1, targetName === undefined ? [] : [targetName], targetUnit);
}
