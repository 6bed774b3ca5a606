/** The class of one row: the largest number, or for a single number whether it is at least a half. */
export function firstChoice(data: ArrayLike<number>, row: number, columns: number): number {
  if (columns === 1) return (data[row] as number) >= 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < columns; c++) {
    if ((data[row * columns + c] as number) > (data[row * columns + best] as number)) best = c;
  }
  return best;
}
