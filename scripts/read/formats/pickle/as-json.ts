import { ImportError } from '#guards';
import { numbersOf } from '../../pickle/arrays/ndarray.ts';
import { describeValue, isKind, isNode, itemsOf, type NdArray, type PickleValue } from '../../pickle/machine/values.ts';

/** NASNetLarge's config, the largest of keras.applications, has 40,000 values. */
const MOST_VALUES = 2_000_000;

/**
 * Plain data as `JSON.parse` would give it: tuples and sets become arrays, keys texts, types their names.
 * @throws ImportError `file-damaged` for anything that is no data, `limit-exceeded`
 */
export function asJson(value: PickleValue): unknown {
  let count = 0;
  const convert = (item: PickleValue): unknown => {
    if (++count > MOST_VALUES) {
      throw new ImportError('limit-exceeded', `The pickled config has more than ${MOST_VALUES} values`);
    }
    if (typeof item === 'bigint') return Number(item);
    if (item instanceof Uint8Array) throw noData(item);
    if (!isNode(item)) return item;
    if (item.kind === 'dict') {
      return Object.fromEntries([...item.entries].map(([key, inner]) => [keyOf(key), convert(inner)]));
    }
    if (item.kind === 'set') return item.items.map(convert);
    if (item.kind === 'named') return item.name.split('.').at(-1);
    if (item.kind === 'ndarray') return nested(item, MOST_VALUES);
    const items = itemsOf(item);
    if (!items) throw noData(item);
    return items.map(convert);
  };
  return convert(value);
}

function keyOf(key: PickleValue): string {
  if (typeof key === 'string' || typeof key === 'number') return String(key);
  throw noData(key);
}

/** An array as arrays in arrays: the mean of a Normalization. */
function nested(array: NdArray, most: number): unknown {
  const numbers = numbersOf(array);
  if (!numbers || numbers.length > most || isKind(array, 'tuple')) throw noData(array);
  if (array.shape.length === 0) return numbers[0];
  return array.shape.slice(1).reduceRight<unknown[]>(
    (list, size) => {
      const rows: unknown[] = [];
      for (let i = 0; i < list.length; i += Math.max(1, size)) rows.push(list.slice(i, i + size));
      return rows;
    },
    [...numbers],
  );
}

function noData(value: PickleValue): ImportError {
  return new ImportError(
    'file-damaged',
    `Expected plain data for the pickled config but received ${describeValue(value)}`,
  );
}
