/** Environments that wait for a request. Who waits longest is at the bottom, who was used last on top. */
export class IdleEnvironments {
  readonly #keepAlive: number;
  readonly #lifetime: number;
  readonly #environments: number[] = [];
  readonly #since: number[] = [];
  /** Below it, all are gone. */
  #bottom = 0;
  /** When each environment was started. */
  readonly #started: number[] = [];
  /** Numbers of environments that are gone, for new ones. */
  readonly #unused: number[] = [];

  constructor({ keepAlive, lifetime }: { keepAlive: number; lifetime: number }) {
    this.#keepAlive = keepAlive;
    this.#lifetime = lifetime;
  }

  /** A new environment, to be released when it is done. */
  create(now: number): number {
    const environment = this.#unused.pop() ?? this.#started.length;
    this.#started[environment] = now;
    return environment;
  }

  release(environment: number, now: number): void {
    this.#environments.push(environment);
    this.#since.push(now);
  }

  /** The one that was used last; -1 where none is left. */
  take(now: number): number {
    while (this.#bottom < this.#since.length && now - (this.#since[this.#bottom] as number) > this.#keepAlive) {
      this.#unused.push(this.#environments[this.#bottom++] as number);
    }
    while (this.#environments.length > this.#bottom) {
      const environment = this.#environments.pop() as number;
      this.#since.pop();
      if (now - (this.#started[environment] as number) <= this.#lifetime) return environment;
      this.#unused.push(environment);
    }
    this.#environments.length = 0;
    this.#since.length = 0;
    this.#bottom = 0;
    return -1;
  }
}
