import { numbered } from './choose-output.ts';
import type { ModelChoices } from './prepared.ts';

/** What the user says of a table's columns. */
export interface TableChoices {
  /** Pickled scikit-learn objects. */
  readonly scaler?: string | undefined;
  readonly targetScaler?: string | undefined;
  readonly labelEncoder?: string | undefined;
  readonly featureNames?: readonly string[] | undefined;
  readonly targetName?: string | undefined;
  readonly targetUnit?: string | undefined;
}

/** Reads scalers and encoders and joins them with names and units. */
export async function readTable(choices: TableChoices): Promise<Pick<ModelChoices, 'labels' | 'features' | 'values'>> {
  const { featureNames, targetName, targetUnit } = choices;
  const named = targetName !== undefined || targetUnit !== undefined;
  return {
    labels: undefined,
    features: featureNames ? numbered(featureNames.length, featureNames) : undefined,
    values: named ? numbered(1, targetName === undefined ? [] : [targetName], targetUnit) : undefined,
  };
}
