import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { elementsOf } from '../pickle/arrays/ndarray.ts';
import { isKind, itemsOf, type PickleValue } from '../pickle/machine/values.ts';
import type { Source } from '../source.ts';
import { attributesOf, type Estimator, readEstimator } from './estimator.ts';

/** As many classes as any classifier has. */
const MOST_LABELS = 1_000_000;

/**
 * Class names in the order of the classes' numbers: from scikit-learn's LabelEncoder, LabelBinarizer or OneHotEncoder of
 * one column, or from a pickled list, array or `class_indices` dict.
 * @throws ImportError `option-mismatch` for anything else, and what unpickling throws
 */
export async function readLabelEncoder(source: Source): Promise<string[]> {
  const encoder = await readEstimator(source);
  const labels = labelsOf(encoder).map((label) => text(label, source.path));
  if (labels.length < 2 || labels.length > MOST_LABELS) {
    throw new ImportError(
      'option-mismatch',
      expected('two labels or more', `the encoder ${source.path}`, labels.length),
    );
  }
  return labels;
}

function labelsOf(encoder: Estimator): readonly PickleValue[] {
  const { className, value } = encoder;
  if (className === 'LabelEncoder' || className === 'LabelBinarizer') return encoder.elements('classes_');
  if (className === 'OneHotEncoder') return categoriesOf(encoder);
  if (isKind(value, 'dict')) return byIndex(value.entries);
  const list = isKind(value, 'ndarray') ? elementsOf(value) : itemsOf(value);
  if (list) return list;
  throw new ImportError(
    'option-mismatch',
    expected('a LabelEncoder or a OneHotEncoder', 'the label encoder', className),
    {
      remedy: /Scaler$/.test(className)
        ? 'Scalers are for numbers: give it with --scaler or --target-scaler.'
        : 'Save the LabelEncoder alone, or write the labels into a text file, one a line, and give that with --labels.',
    },
  );
}

/** One column, all of whose categories have a place of their own. */
function categoriesOf(encoder: Estimator): readonly PickleValue[] {
  const attributes = attributesOf(encoder);
  const columns = itemsOf(attributes.get('categories_'));
  if (columns?.length !== 1) {
    throw new ImportError('option-mismatch', expected('one column of labels', 'the OneHotEncoder', columns?.length), {
      remedy: 'An encoder of features is no encoder of labels: give the one that the target was encoded with.',
    });
  }
  const dropped = attributes.get('drop_idx_') ?? null;
  if (dropped !== null || attributes.get('_infrequent_enabled') === true) {
    throw new ImportError(
      'option-mismatch',
      'The OneHotEncoder leaves categories out (drop, min_frequency or max_categories)',
      {
        remedy:
          'Write the labels into a text file in the order of the outputs, one a line, and give that with --labels.',
      },
    );
  }
  const [column] = columns;
  if (!isKind(column, 'ndarray'))
    throw new ImportError('file-damaged', 'The categories of the OneHotEncoder are no array');
  return elementsOf(column);
}

/** `{'cat': 0, 'dog': 1}`, as Keras's `class_indices`, or the other way round. */
function byIndex(entries: ReadonlyMap<PickleValue, PickleValue>): readonly PickleValue[] {
  const pairs = [...entries].map(([key, value]) => (typeof value === 'number' ? [value, key] : [key, value]));
  const labels = new Map(pairs as [PickleValue, PickleValue][]);
  if (labels.size === pairs.length && pairs.every((_, i) => labels.has(i)))
    return pairs.map((_, i) => labels.get(i) ?? null);
  throw new ImportError(
    'option-mismatch',
    expected('each number from 0 once', 'the dict of labels', [...labels.keys()].map(String)),
  );
}

function text(label: PickleValue, path: string): string {
  if (typeof label === 'string') return label;
  if (typeof label === 'number' || typeof label === 'bigint' || typeof label === 'boolean') return String(label);
  throw new ImportError('option-mismatch', expected('texts or numbers', `the labels in ${path}`, typeof label));
}
