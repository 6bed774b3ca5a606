import { type ErrorCode, FreezeframeError, ModelError } from '@freezeframe/inference';
import type { PlannedVersion } from './plan.ts';

/**
 * What is wrong with the file whoever opens it. `model-unreadable` is not among them: onnxruntime says so where memory is
 * short, too. Neither are files that cannot be read: the machine may have too many open.
 */
const OF_THE_FILE: ReadonlySet<ErrorCode> = new Set(['model-corrupt', 'model-datatype', 'manifest-mismatch']);

const MOST_PAUSE_MS = 3_600_000;

interface Failure {
  readonly error: unknown;
  readonly pauseMs: number;
  /** When it may be tried again. */
  readonly until: number;
}

/**
 * Versions that could not be opened. One whose file is wrong is never tried again: a version never changes. Others are, as
 * the machine may be at fault: after a pause that doubles, since each try fetches the file.
 */
export class FailedVersions {
  readonly #failures = new Map<string, Failure>();
  readonly #firstPauseMs: number;

  constructor(firstPauseMs: number) {
    this.#firstPauseMs = firstPauseMs;
  }

  /** @throws ModelError `model-damaged` where the file is wrong; until the pause is over what opening it threw */
  check({ name, version, content }: PlannedVersion, now: number): void {
    const failure = this.#failures.get(content);
    if (!failure || now >= failure.until) return;
    if (failure.until < Number.POSITIVE_INFINITY) throw failure.error;
    throw new ModelError('model-damaged', `Version ${version} of ${name} cannot be opened`, { cause: failure.error });
  }

  add({ content }: PlannedVersion, error: unknown, now: number): void {
    const before = this.#failures.get(content);
    const pauseMs = before ? Math.min(2 * before.pauseMs, MOST_PAUSE_MS) : this.#firstPauseMs;
    const ofFile = error instanceof FreezeframeError && OF_THE_FILE.has(error.code);
    this.#failures.set(content, { error, pauseMs, until: ofFile ? Number.POSITIVE_INFINITY : now + pauseMs });
  }

  /** It could be opened. */
  delete({ content }: PlannedVersion): void {
    this.#failures.delete(content);
  }
}
