import { expected, FreezeframeError, type Manifest } from '@freezeframe/inference';
import { didYouMean } from '#system';
import { splitUnit } from '#tables';
import { countOf } from '#terminal';

/** What a model answers about a row of numbers, and is compared with. */
export type Answer =
  | { kind: 'value'; name: string; unit: string /** Among the model's values. */; index: number }
  | { kind: 'label'; labels: readonly string[] };

/** Where in a table the model's features and the right answer stand. */
export interface TableColumns {
  /** In the model's order. */
  features: readonly number[];
  answer: number;
  notes: string[];
}

/** Whether a model takes rows of numbers. */
export function takesTables({ input }: Manifest): boolean {
  return input.kind === 'tensors' && input.tensors.length === 1 && input.tensors[0]?.shape.length === 2;
}

/**
 * @param target the column that the user names; of several values it tells which is meant
 * @throws FreezeframeError `task-not-classification`, `used-wrongly`
 */
export function answerOf({ name, output }: Manifest, target: string | undefined): Answer {
  if (output.kind === 'classification') return { kind: 'label', labels: [...new Set(output.labels)] };
  if (output.kind === 'tensors')
    throw new FreezeframeError('task-not-classification', `The model ${name} answers neither labels nor named values`, {
      remedy: 'What is right or wrong about its answers cannot be said.',
    });
  const { values } = output;
  const index = values.length === 1 ? 0 : values.findIndex((value) => value.name === splitUnit(target ?? '').name);
  const value = values[index];
  if (value) return { kind: 'value', ...value, index };
  const names = values.map((other) => other.name);
  throw new FreezeframeError(
    'used-wrongly',
    expected(`one of ${names.join(', ')}`, '--target', target),
    didYouMean(target ?? '', names),
  );
}

/**
 * Finds the columns by the model's names; a unit behind a name must be the model's. Where the model has no names, all
 * columns but the answer are its features, in their order.
 * @throws FreezeframeError `table-mismatch`, `used-wrongly`
 */
export function columnsFor(
  { input }: Manifest,
  answer: Answer,
  columns: readonly string[],
  target: string | undefined,
): TableColumns {
  const wanted = answerColumn(answer, columns, target);
  const named = input.kind === 'tensors' ? input.features : undefined;
  if (named) {
    const features = named.map(({ name, unit = '' }) => find(columns, name, unit, 'Rename the column, or add it.'));
    return { features, answer: wanted, notes: [] };
  }
  const features = [...columns.keys()].filter((index) => index !== wanted);
  const width = input.kind === 'tensors' ? input.tensors[0]?.shape[1] : undefined;
  if (typeof width === 'number' && width !== features.length)
    throw new FreezeframeError(
      'table-mismatch',
      expected(`${countOf(width, 'columns')} of features`, 'the table', features.length),
      {
        remedy: 'The model does not name its features: the table must have just these, in its order, and the answer.',
      },
    );
  return {
    features,
    answer: wanted,
    notes: ['The model does not name its features: columns are taken in their order'],
  };
}

function answerColumn(answer: Answer, columns: readonly string[], target: string | undefined): number {
  if (target === undefined) {
    const remedy = 'Name the column that holds the right answers with --target.';
    return answer.kind === 'label'
      ? find(columns, 'label', '', remedy)
      : find(columns, answer.name, answer.unit, remedy);
  }
  const index = columns.findIndex((column) => column === target || splitUnit(column).name === target);
  if (index >= 0) return index;
  throw new FreezeframeError(
    'used-wrongly',
    expected(`one of ${columns.join(', ')}`, '--target', target),
    didYouMean(target, columns),
  );
}

function find(columns: readonly string[], name: string, unit: string, remedy: string): number {
  const exact = columns.indexOf(name);
  if (exact >= 0) return exact;
  const wanted = splitUnit(name);
  const index = columns.findIndex((column) => splitUnit(column).name === wanted.name);
  const found = columns[index];
  const received = found === undefined ? '' : splitUnit(found).unit;
  const inUnit = unit || wanted.unit;
  if (found !== undefined && (received === '' || inUnit === '' || received === inUnit)) return index;
  const what = `a column ${wanted.name}${inUnit ? ` in ${inUnit}` : ''}`;
  throw new FreezeframeError('table-mismatch', expected(what, 'the table', found ?? columns), { remedy });
}
