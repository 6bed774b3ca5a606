import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { elementsOf, numbersOf } from '../pickle/arrays/ndarray.ts';
import { decompress } from '../pickle/compression.ts';
import { describeValue, isKind, type PickleValue } from '../pickle/machine/values.ts';
import { looksLikePickle, unpickle } from '../pickle/unpickle.ts';
import type { Source } from '../source.ts';

/** Scalers and encoders are small: one of a million words has 30 MB. */
const MOST_BYTES = 256 * 2 ** 20;

/** What was pickled beside a model: an estimator of scikit-learn by its attributes, or plain data. */
export interface Estimator {
  /** `MinMaxScaler`; for plain data what it is. */
  readonly className: string;
  readonly value: PickleValue;
  /** A list or an array among the attributes. @throws ImportError `option-mismatch` where it is absent: not fitted */
  elements(attribute: string): readonly PickleValue[];
  /** The same where each must be a text. */
  texts(attribute: string): readonly string[];
}

/**
 * Unpickles a file that is no model.
 * @throws ImportError `format-unknown` for other files, and what unpickling throws
 */
export async function readEstimator(source: Source): Promise<Estimator> {
  const [entry, ...others] = source.entries;
  if (!entry || others.length > 0) {
    throw new ImportError('format-unknown', expected('one file', source.path, `${source.entries.length} files`));
  }
  const bytes = decompress(await source.read(entry.name, MOST_BYTES));
  if (!looksLikePickle(bytes)) {
    throw new ImportError('format-unknown', `${source.path} is no Python pickle`, {
      remedy: 'Save it with pickle.dump(scaler, file) or joblib.dump(scaler, path).',
    });
  }
  return estimatorOf(unpickle(bytes));
}

function estimatorOf(value: PickleValue): Estimator {
  const className = isKind(value, 'object') ? (value.type.split('.').at(-1) as string) : describeValue(value);
  const elements = (attribute: string): readonly PickleValue[] => {
    const found = attributesOf({ value }).get(attribute);
    if (isKind(found, 'ndarray')) return elementsOf(found);
    if (isKind(found, 'list') || isKind(found, 'tuple')) return found.items;
    throw notFitted(className, attribute);
  };
  const texts = (attribute: string) =>
    elements(attribute).map((item) => {
      if (typeof item === 'string') return item;
      throw new ImportError('file-damaged', expected('texts', `${attribute} of the ${className}`, describeValue(item)));
    });
  return { className, value, elements, texts };
}

/** An instance's attributes by name; none where it has another kind of state. */
export function attributesOf({ value }: Pick<Estimator, 'value'>): ReadonlyMap<PickleValue, PickleValue> {
  return isKind(value, 'object') && isKind(value.state, 'dict') ? value.state.entries : new Map();
}

/**
 * An array of numbers, one for each column.
 * @throws ImportError `option-mismatch` where it is absent, `file-damaged` for another length
 */
export function readVector({ className, value }: Estimator, attribute: string, count?: number): number[] {
  const found = attributesOf({ value }).get(attribute);
  const numbers = isKind(found, 'ndarray') ? numbersOf(found) : undefined;
  if (!numbers || numbers.length === 0) throw notFitted(className, attribute);
  if (count !== undefined && numbers.length !== count) {
    throw new ImportError(
      'file-damaged',
      expected(`${count} numbers`, `${attribute} of the ${className}`, numbers.length),
    );
  }
  return [...numbers];
}

function notFitted(className: string, attribute: string): ImportError {
  return new ImportError('option-mismatch', expected(`the attribute ${attribute}`, `the ${className}`, undefined), {
    remedy: 'Fit it on the training data before it is saved; very old versions of scikit-learn used other names.',
  });
}
