import { concat, type Doubles, doubles, pad, sizeOf, slice } from '../evaluator/doubles.ts';

type Numbers = readonly number[];

/** All places in a block, in order: the last side counts fastest. */
function placesIn(block: Numbers): Numbers[] {
  return block.reduce<Numbers[]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );
}

/** For each place in a block, the cells that are there, as pictures of their own. */
export function spaceToBatch(x: Doubles, block: Numbers, paddings: Numbers): Doubles {
  const around = x.shape.map((_, axis): [number, number] => {
    const side = axis >= 1 && axis <= block.length ? axis - 1 : -1;
    return side < 0 ? [0, 0] : [paddings[2 * side] as number, paddings[2 * side + 1] as number];
  });
  const wide = pad(x, around);
  const parts = placesIn(block).map((place) =>
    place.reduce((part, start, i) => {
      const step = block[i] as number;
      return slice(part, i + 1, start, (wide.shape[i + 1] as number) / step, step);
    }, wide),
  );
  return concat(parts, 0);
}

/** Each picture's cells go to its place in the blocks; then the edges are cut off. */
export function batchToSpace(x: Doubles, block: Numbers, crops: Numbers): Doubles {
  const [all, ...rest] = x.shape as [number, ...number[]];
  const batch = all / sizeOf(block);
  const sides = block.map((size, i) => size * (rest[i] as number));
  const others = rest.slice(block.length);
  const whole = doubles([batch, ...sides, ...others]);
  const row = sizeOf(others);
  const small = rest.slice(0, block.length);
  const cells = sizeOf(small);
  for (const [p, place] of placesIn(block).entries())
    for (let n = 0; n < batch; n++)
      for (const [c, cell] of placesIn(small).entries()) {
        const at = cell.reduce((at, k, i) => at * (sides[i] as number) + k * (block[i] as number) + (place[i] ?? 0), n);
        const from = ((p * batch + n) * cells + c) * row;
        whole.data.set(x.data.subarray(from, from + row), at * row);
      }
  return block.reduce((cut, _, i) => {
    const [before, after] = [crops[2 * i] as number, crops[2 * i + 1] as number];
    return slice(cut, i + 1, before, (cut.shape[i + 1] as number) - before - after);
  }, whole);
}
