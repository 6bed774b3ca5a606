/** Cells on each side of zero. */
const CELLS = 2048;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * How often numbers of each size were seen, in memory that does not grow with them. Cells are a power of two wide and lie around
 * zero: where a number falls outside, two become one. So the order of the numbers does not matter, and counts can be added.
 */
export class Histogram {
  #low = 0;
  #high = 0;
  #width = 0;
  #count = 0;
  readonly #cells = new Float64Array(2 * CELLS);

  /** @throws nothing: what is not finite makes `finite` false */
  add(values: ArrayLike<number>): void {
    const { low, high } = endsOf(values);
    this.#low = Math.min(this.#low, low);
    this.#high = Math.max(this.#high, high);
    if (!this.finite) return;
    this.#widen(widthFor(Math.max(-this.#low, this.#high)));
    const perCell = 1 / this.#width;
    const cells = this.#cells;
    for (let i = 0; i < values.length; i++) {
      const cell = Math.floor((values[i] as number) * perCell) + CELLS;
      cells[cell] = (cells[cell] as number) + 1;
    }
    this.#count += values.length;
  }

  /** Adds what another has counted. */
  merge(other: Histogram): void {
    this.#low = Math.min(this.#low, other.#low);
    this.#high = Math.max(this.#high, other.#high);
    if (!this.finite) return;
    this.#widen(Math.max(this.#width, other.#width));
    const factor = other.#width === 0 ? 1 : this.#width / other.#width;
    for (let i = 0; i < 2 * CELLS; i++) {
      const count = other.#cells[i] as number;
      if (count === 0) continue;
      const cell = Math.floor((i - CELLS) / factor) + CELLS;
      this.#cells[cell] = (this.#cells[cell] as number) + count;
    }
    this.#count += other.#count;
  }

  get finite(): boolean {
    return Number.isFinite(this.#low) && Number.isFinite(this.#high);
  }

  /** From the least to the largest number seen, zero included. */
  ends(): Range {
    return { low: this.#low, high: this.#high };
  }

  /** Without the outermost numbers, so that this share lies at or below the upper end, and at or above the lower. */
  percentile(share: number): Range {
    const beyond = (1 - share) * this.#count;
    return {
      low: Math.max(this.#low, Math.min(0, this.#edge(beyond, 0, 1))),
      high: Math.min(this.#high, Math.max(0, this.#edge(beyond, 2 * CELLS - 1, -1))),
    };
  }

  /** The outer edge of the first cell, counted from one end, at which more numbers lie than may be left out. */
  #edge(beyond: number, first: number, step: 1 | -1): number {
    let seen = 0;
    for (let cell = first; cell >= 0 && cell < 2 * CELLS; cell += step) {
      seen += this.#cells[cell] as number;
      if (seen > beyond) return (cell - CELLS + (step < 0 ? 1 : 0)) * this.#width;
    }
    return 0;
  }

  #widen(width: number): void {
    if (this.#width === 0) this.#width = width;
    while (this.#width < width) {
      const old = this.#cells.slice();
      this.#cells.fill(0);
      for (let i = 0; i < 2 * CELLS; i++) {
        const cell = Math.floor((i - CELLS) / 2) + CELLS;
        this.#cells[cell] = (this.#cells[cell] as number) + (old[i] as number);
      }
      this.#width *= 2;
    }
  }
}

/** Smaller numbers are one with zero: what has seen zeros alone must have the cells that tiny numbers have. */
const LEAST_WIDTH = 2 ** -100;

/** The least power of two with which the numbers up to `most` fit, the largest below the last edge. */
function widthFor(most: number): number {
  let width = Math.max(LEAST_WIDTH, 2 ** Math.floor(Math.log2(most / CELLS)));
  while (width * CELLS <= most) width *= 2;
  return width;
}

/** Zero is always between them; NaN is an end that is not finite. */
function endsOf(values: ArrayLike<number>): Range {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    else if (value > high) high = value;
    // Written so that NaN is found.
    else if (!(value >= low)) return { low: Number.NaN, high: Number.NaN };
  }
  return { low, high };
}
