import type { Trainer } from '../backends/backend.ts';

/**
 * A moving average of what a model answers with, over all steps: what single steps do to the weights is averaged out. It
 * follows closely at first, when the weights still go far.
 */
export class AveragedWeights {
  readonly #decay: number;
  #values = new Map<string, Float32Array>();

  /** @param decay share of the average that a step leaves as it was, 0.999 for an average over some thousand steps */
  constructor(decay: number) {
    this.#decay = decay;
  }

  get values(): ReadonlyMap<string, Float32Array> {
    return this.#values;
  }

  restore(values: ReadonlyMap<string, Float32Array>): void {
    this.#values = new Map(values);
  }

  /** @param now of the model after `step`, 1 for the first */
  add(now: ReadonlyMap<string, Float32Array>, step: number): void {
    const share = 1 - Math.min(this.#decay, step / (step + 10));
    for (const [name, fresh] of now) {
      const average = this.#values.get(name);
      if (!average) {
        this.#values.set(name, fresh.slice());
        continue;
      }
      for (let i = 0; i < average.length; i++) {
        const old = average[i] as number;
        average[i] = old + share * ((fresh[i] as number) - old);
      }
    }
  }

  /** Does something with a model that answers by the averages; the next step goes on from its own weights. */
  async lend<T>(trainer: Trainer, use: () => Promise<T>): Promise<T> {
    const own = await trainer.state();
    await trainer.restore(new Map([...own, ...this.#values]));
    const result = await use();
    await trainer.restore(own);
    return result;
  }
}
