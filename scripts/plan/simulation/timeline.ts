/** Slices of the time that is looked at. */
const SLICES = 240;

/** What happened when, in slices of equal length. */
export class Timeline {
  readonly seconds: number;
  readonly arrivals = new Float64Array(SLICES);
  readonly refusals = new Float64Array(SLICES);
  readonly colds = new Float64Array(SLICES);
  /** Most environments that were at work at once. */
  readonly peaks = new Float64Array(SLICES);

  constructor(span: number) {
    this.seconds = span / SLICES;
  }

  arrived(now: number): void {
    this.#add(this.arrivals, now);
  }

  refused(now: number): void {
    this.#add(this.refusals, now);
  }

  began(now: number, working: number, cold: boolean): void {
    const slice = this.#slice(now);
    if (working > (this.peaks[slice] as number)) this.peaks[slice] = working;
    if (cold) this.colds[slice] = (this.colds[slice] as number) + 1;
  }

  #add(counts: Float64Array, now: number): void {
    const slice = this.#slice(now);
    counts[slice] = (counts[slice] as number) + 1;
  }

  /** What is answered after the end belongs to the last one. */
  #slice(now: number): number {
    return Math.min(SLICES - 1, Math.floor(now / this.seconds));
  }
}
