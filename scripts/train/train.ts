import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Tensor } from '#keras';
import { countOf } from '#terminal';
import type { Trainer, TrainingBackend, TrainingTask } from './backends/backend.ts';
import type { AugmentOptions, PictureSize } from './batches/augment.ts';
import { augmentedBatches, type BatchSource, type Samples, shuffledBatches } from './batches/batches.ts';
import { checkSame, nothingToResume, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { learningRate, type Schedule } from './schedule.ts';
import { AveragedWeights } from './trainer/averaged-weights.ts';
import { type Evaluation, evaluate } from './trainer/evaluation.ts';

/** Everything that decides what a training ends with. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  /** The highest; see `schedule.ts`. */
  readonly learningRate: number;
  /** How the rate falls, along half a cosine unless it says otherwise. */
  readonly schedule?: Schedule;
  /** Epochs without a better validation result after which training ends. */
  readonly patience: number;
  readonly augment?: AugmentOptions;
  /** Decay of an average of the weights, which then is what is validated and kept. */
  readonly averaging?: number;
  /** Which epoch is kept: the best on the validation samples, or the last. */
  readonly keep?: 'last';
}

export interface TrainingData {
  readonly train: Samples;
  readonly validation: Samples;
  /** Pictures only. */
  readonly size?: PictureSize;
}

export interface EpochResult {
  /** 1 for the first. */
  readonly epoch: number;
  readonly loss: number;
  /** Share of right answers while training (crossentropy) or the mean absolute error. */
  readonly measure: number;
  readonly validationLoss: number;
  readonly validationMeasure: number;
  readonly seconds: number;
}

export interface StepProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** So far in this epoch. */
  readonly loss: number;
  readonly measure: number;
}

export interface TrainOptions {
  readonly backend: TrainingBackend;
  readonly task: TrainingTask;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  /** Digest of the data set: a training is not resumed with other data. */
  readonly dataDigest?: string;
  /** A file that holds the state after each epoch. */
  readonly checkpoint?: string;
  /** Go on from `checkpoint`, which must be there. */
  readonly resume?: boolean;
  /** Stops between two steps; the last epoch's state stays. */
  readonly signal?: AbortSignal;
  onStep?(progress: StepProgress): void;
  onEpoch?(result: EpochResult): void;
}

export interface TrainingResult {
  /** Of the best epoch. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly history: readonly EpochResult[];
  readonly bestEpoch: number;
  /** Time spent in steps and validation, of all epochs, those before a resume too. */
  readonly seconds: number;
  /** Answers of the best epoch's model, and their loss and measure. */
  evaluate(samples: Samples): Promise<Evaluation>;
  close(): Promise<void>;
}

/** What goes into a checkpoint besides the vectors. */
interface State {
  /** Everything that decides the result; a resumed training must agree. */
  readonly settings: TrainingSettings;
  readonly backend: string;
  readonly seed: number;
  readonly data: string;
  readonly config: string;
  readonly history: readonly EpochResult[];
  readonly best: Best;
}

interface Best {
  readonly epoch: number;
  /** Lower is better. */
  readonly score: number;
  readonly loss: number;
}

const NOTHING_YET: Best = { epoch: 0, score: Number.POSITIVE_INFINITY, loss: Number.POSITIVE_INFINITY };

/**
 * Trains a model and keeps the epoch that did best on the validation samples.
 * @throws FreezeframeError `interrupted` when the signal stops it (the checkpoint then holds the last whole epoch),
 * `nothing-to-resume`, `checkpoint-damaged`, `checkpoint-mismatch`, `training-diverged`
 */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const trainer = await options.backend.open(options.task);
  const source = batchesOf(options);
  try {
    return await new Training(options, trainer, source).run();
  } catch (error) {
    await trainer.close();
    throw error;
  } finally {
    await source.close();
  }
}

function batchesOf({ data, settings, task }: TrainOptions): BatchSource {
  const options = { batchSize: settings.batchSize, seed: task.seed };
  return settings.augment && data.size
    ? augmentedBatches(data.train, data.size, settings.augment, options)
    : shuffledBatches(data.train, options);
}

class Training {
  readonly #options: TrainOptions;
  readonly #trainer: Trainer;
  readonly #source: BatchSource;
  readonly #stepsPerEpoch: number;
  #history: EpochResult[] = [];
  #best = NOTHING_YET;
  #bestState: Map<string, Float32Array> = new Map();
  readonly #averages: AveragedWeights | undefined;

  constructor(options: TrainOptions, trainer: Trainer, source: BatchSource) {
    this.#options = options;
    this.#trainer = trainer;
    this.#source = source;
    const { averaging } = options.settings;
    this.#averages = averaging === undefined ? undefined : new AveragedWeights(averaging);
    this.#stepsPerEpoch = Math.ceil(options.data.train.count / options.settings.batchSize);
  }

  async run(): Promise<TrainingResult> {
    const { settings, resume, onEpoch } = this.#options;
    if (resume) await this.#resume();
    else await this.#save();
    while (this.#history.length < settings.epochs && !this.#outOfPatience()) {
      const result = await this.#epoch(this.#history.length + 1);
      this.#history.push(result);
      await this.#averaged(() => this.#keepBest(result));
      await this.#save();
      onEpoch?.(result);
    }
    if (this.#bestState.size > 0) await this.#trainer.restore(this.#bestState);
    const trainer = this.#trainer;
    return {
      weights: await trainer.weights(),
      history: this.#history,
      bestEpoch: this.#best.epoch,
      seconds: this.#history.reduce((sum, epoch) => sum + epoch.seconds, 0),
      evaluate: (samples) => this.#evaluate(samples),
      close: () => trainer.close(),
    };
  }

  #outOfPatience(): boolean {
    return this.#history.length - this.#best.epoch >= this.#options.settings.patience;
  }

  async #epoch(epoch: number): Promise<EpochResult> {
    const { settings, data, signal, onStep } = this.#options;
    const started = performance.now();
    const sums = { loss: 0, measure: 0, count: 0 };
    let step = 0;
    for await (const batch of this.#source.epoch(epoch)) {
      if (signal?.aborted) throw interrupted(epoch);
      const before = (epoch - 1) * this.#stepsPerEpoch + step;
      const rate = learningRate(
        settings.learningRate,
        before,
        settings.epochs * this.#stepsPerEpoch,
        this.#stepsPerEpoch,
        settings.schedule,
      );
      const { loss, measure } = await this.#trainer.train(batch, rate, before + 1);
      if (!Number.isFinite(loss)) throw diverged(epoch, 'the loss', loss);
      this.#averages?.add(await this.#trainer.answering(), before + 1);
      step++;
      sums.loss += loss * batch.count;
      sums.measure += measure;
      sums.count += batch.count;
      const soFar = { loss: sums.loss / sums.count, measure: sums.measure / sums.count };
      onStep?.({ epoch, epochs: settings.epochs, step, stepsPerEpoch: this.#stepsPerEpoch, ...soFar });
    }
    const validation = await this.#averaged(() => this.#evaluate(data.validation));
    // The last step may have made weights of which no loss has been seen, and a loss of NaN would count as the best.
    if (!Number.isFinite(validation.loss)) throw diverged(epoch, 'the validation loss', validation.loss);
    const wrong = validation.outputs.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw diverged(epoch, 'each answer', wrong);
    return {
      epoch,
      loss: sums.loss / sums.count,
      measure: sums.measure / sums.count,
      validationLoss: validation.loss,
      validationMeasure: validation.measure,
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** Does something with the model that would be kept. */
  #averaged<T>(use: () => Promise<T>): Promise<T> {
    return this.#averages ? this.#averages.lend(this.#trainer, use) : use();
  }

  #evaluate(samples: Samples): Promise<Evaluation> {
    return evaluate(this.#trainer, samples, this.#options.task.loss);
  }

  async #keepBest({ epoch, validationLoss, validationMeasure }: EpochResult): Promise<void> {
    // Errors decide between classifiers; the loss where two err equally often.
    const score = this.#options.task.loss === 'crossentropy' ? 1 - validationMeasure : validationLoss;
    const { score: best, loss } = this.#best;
    const worse = score > best || (score === best && validationLoss >= loss);
    if (worse && this.#options.settings.keep !== 'last') return;
    this.#best = { epoch, score, loss: validationLoss };
    this.#bestState = await this.#trainer.state();
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options;
    if (!checkpoint) return;
    const vectors = new Map<string, Float32Array>();
    for (const [name, vector] of await this.#trainer.state()) vectors.set(`now ${name}`, vector);
    for (const [name, vector] of this.#bestState) vectors.set(`best ${name}`, vector);
    for (const [name, vector] of this.#averages?.values ?? []) vectors.set(`average ${name}`, vector);
    // JSON knows no infinity: before the first epoch there is no best one.
    const best = this.#best.epoch > 0 ? this.#best : null;
    await writeCheckpoint(checkpoint, { state: { ...this.#identity(), history: this.#history, best }, vectors });
  }

  #identity() {
    const { settings, backend, task, dataDigest = '' } = this.#options;
    return { settings, backend: backend.name, seed: task.seed, data: dataDigest, config: JSON.stringify(task.config) };
  }

  async #resume(): Promise<void> {
    const { checkpoint } = this.#options;
    const found = checkpoint
      ? await readCheckpoint<Omit<State, 'best'> & { best: Best | null }>(checkpoint)
      : undefined;
    if (!found) throw nothingToResume();
    checkSame(this.#identity(), found.state as unknown as Record<string, unknown>);
    const pick = (prefix: string) =>
      new Map(
        [...found.vectors].filter(([name]) => name.startsWith(prefix)).map(([n, v]) => [n.slice(prefix.length), v]),
      );
    await this.#trainer.restore(pick('now '));
    this.#history = [...found.state.history];
    this.#best = found.state.best ?? NOTHING_YET;
    this.#bestState = pick('best ');
    this.#averages?.restore(pick('average '));
  }
}

function interrupted(epoch: number): FreezeframeError {
  return new FreezeframeError(
    'interrupted',
    `Training was stopped in epoch ${epoch}; kept: ${countOf(epoch - 1, 'whole epochs')}`,
    {
      remedy: 'Go on with the same command and --resume.',
      details: { epochs: epoch - 1 },
    },
  );
}

function diverged(epoch: number, what: string, received: number): FreezeframeError {
  return new FreezeframeError('training-diverged', expected('a finite number', `${what} of epoch ${epoch}`, received), {
    remedy: 'Try a smaller --learning-rate. Nothing was saved.',
  });
}
