import { axisOf, type Doubles, expand, isDoubles, slice, squeeze, wrong } from './doubles.ts';

/** Keras 3 writes `{ class_name: "__slice__", config }`, Keras 2 `{ start, stop, step }`. */
interface Part {
  readonly start?: number | null;
  readonly stop?: number | null;
  readonly step?: number | null;
}

function partOf(key: unknown): Part | undefined {
  if (key === null || typeof key !== 'object' || isDoubles(key) || Array.isArray(key)) return undefined;
  const { class_name, config } = key as { class_name?: unknown; config?: Part };
  const part =
    class_name === '__slice__' ? (config ?? {}) : 'start' in key || 'stop' in key || 'step' in key ? key : undefined;
  return part && (Object.fromEntries(Object.entries(part).map(([name, place]) => [name, numberOf(place)])) as Part);
}

const isEllipsis = (key: unknown) =>
  key === '...' || (key as { class_name?: unknown } | null)?.class_name === '__ellipsis__';

/** A place that was worked out is a tensor of one number. */
const numberOf = (place: unknown) => (isDoubles(place) && place.data.length === 1 ? place.data[0] : place);

/** NumPy's basic indexing: numbers, slices, `...` and new axes. */
export function indexed(x: Doubles, key: unknown): Doubles {
  const keys = (Array.isArray(key) ? key : [key]).map(numberOf);
  const consuming = keys.filter((k) => k !== null && !isEllipsis(k)).length;
  const gone: number[] = [];
  let axis = 0;
  let part = x;
  for (const k of keys) {
    if (k === null) {
      part = expand(part, axis);
      axis += 1;
    } else if (isEllipsis(k)) {
      axis = part.shape.length - consuming + consumed(keys, k);
    } else if (typeof k === 'number') {
      part = slice(part, axis, axisOf(k, part.shape[axis] as number), 1);
      gone.push(axis);
      axis += 1;
    } else {
      const found = partOf(k);
      if (!found) throw wrong('a number or a slice', 'an index', k);
      part = sliced(part, axis, found);
      axis += 1;
    }
  }
  return squeeze(part, gone);
}

/** How many of the consuming keys stand before `...`. */
function consumed(keys: readonly unknown[], ellipsis: unknown): number {
  return keys.slice(0, keys.indexOf(ellipsis)).filter((k) => k !== null).length;
}

function sliced(x: Doubles, axis: number, { start, stop, step }: Part): Doubles {
  const size = x.shape[axis] as number;
  const by = step ?? 1;
  const bound = (place: number, low: number, high: number) =>
    Math.min(Math.max(place < 0 ? place + size : place, low), high);
  const from = by > 0 ? bound(start ?? 0, 0, size) : bound(start ?? size - 1, -1, size - 1);
  const to =
    by > 0 ? bound(stop ?? size, 0, size) : stop === null || stop === undefined ? -1 : bound(stop, -1, size - 1);
  return slice(x, axis, from, Math.max(0, Math.ceil((to - from) / by)), by);
}
