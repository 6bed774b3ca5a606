/** Environments that are at work, by when they are done: a binary heap. */
export class FinishHeap {
  #times = new Float64Array(1024);
  #environments = new Int32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** When the first of them is done; never, where none is at work. */
  get first(): number {
    return this.#size > 0 ? (this.#times[0] as number) : Number.POSITIVE_INFINITY;
  }

  push(time: number, environment: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if ((this.#times[parent] as number) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = time;
    this.#environments[at] = environment;
  }

  /** Takes the environment that is done first. */
  pop(): number {
    const environment = this.#environments[0] as number;
    const last = --this.#size;
    const time = this.#times[last] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && (this.#times[child + 1] as number) < (this.#times[child] as number)) child++;
      if ((this.#times[child] as number) >= time) break;
      this.#move(child, at);
      at = child;
    }
    this.#times[at] = time;
    this.#environments[at] = this.#environments[last] as number;
    return environment;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#environments[to] = this.#environments[from] as number;
  }

  #grow(): void {
    const [times, environments] = [new Float64Array(2 * this.#size), new Int32Array(2 * this.#size)];
    times.set(this.#times);
    environments.set(this.#environments);
    [this.#times, this.#environments] = [times, environments];
  }
}
