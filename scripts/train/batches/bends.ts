import type { Random } from '#system';

/** Points down, and across, whose displacement is drawn. On 28 cells they lie 7 apart, as far as strokes bend. */
const POINTS = 5;

/**
 * A smooth displacement for each cell of a picture: drawn for a grid of points, and in proportion between them.
 * @param most the largest, either way
 */
export function displacements(height: number, width: number, most: number, random: Random): Float32Array {
  const grid = Float32Array.from({ length: POINTS * POINTS }, () => random.between(-most, most));
  const result = new Float32Array(height * width);
  const between = (low: number, high: number, share: number) => low + (high - low) * share;
  for (let y = 0; y < height; y++) {
    const [top, down] = placeOf(y, height);
    for (let x = 0; x < width; x++) {
      const [left, across] = placeOf(x, width);
      const at = top * POINTS + left;
      const upper = between(grid[at] as number, grid[at + 1] as number, across);
      const lower = between(grid[at + POINTS] as number, grid[at + POINTS + 1] as number, across);
      result[y * width + x] = between(upper, lower, down);
    }
  }
  return result;
}

/** Between which two points of the grid a cell lies, and how far from the first of them. */
function placeOf(cell: number, cells: number): [point: number, share: number] {
  const place = (cell * (POINTS - 1)) / Math.max(1, cells - 1);
  const point = Math.min(Math.floor(place), POINTS - 2);
  return [point, place - point];
}
