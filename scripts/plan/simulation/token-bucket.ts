/** Rounding may leave so much of a token away: times of a month, in seconds, have ten digits after the point. */
const WHOLE = 1 - 1e-6;

/** So many at once, and so many more a second: how Lambda limits what begins. It starts full. */
export class TokenBucket {
  #tokens: number;
  #at = 0;

  constructor(
    readonly capacity: number,
    readonly perSecond: number,
  ) {
    this.#tokens = capacity;
  }

  /** Takes one, if there is one at this time. Times never fall. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < WHOLE) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }

  /** When there will be one, at the earliest `now`. */
  next(now: number): number {
    this.#fill(now);
    return this.#tokens >= WHOLE ? now : now + (1 - this.#tokens) / this.perSecond;
  }

  #fill(now: number): void {
    if (now <= this.#at) return;
    this.#tokens = Math.min(this.capacity, this.#tokens + (now - this.#at) * this.perSecond);
    this.#at = now;
  }
}
