import type ERROR_CODES from './error-codes.json';

/**
 * What a failure is about, for machines: stable, lower-case words joined by hyphens. Branch on it, never on text. The list
 * says of each what happened and what to do: `docs/errors.md`. Only its type is used here, so that it is in no bundle.
 */
export type ErrorCode = keyof typeof ERROR_CODES;

export interface FreezeframeErrorOptions {
  /** What to do next, one sentence for a person. */
  remedy?: string;
  /** Machine-readable context (names, positions, limits). Never picture bytes, keys or paths of the machine. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** Every failure that Freezeframe foresees is one of these; anything else is a bug. */
export class FreezeframeError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: FreezeframeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = options.remedy;
    this.details = options.details ?? {};
  }
}

/** The one phrase for a wrong value: *Expected X for Y but received Z*. */
export function expected(what: string, where: string, received: unknown): string {
  return `Expected ${what} for ${where} but received ${describe(received)}`;
}

/** Arrays are shown two deep: a request's may be nested until the stack ends. */
function describe(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (value === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) {
    if (depth > 1 && value.length > 0) return '[…]';
    const shown = value.slice(0, 8).map((item) => describe(item, depth + 1));
    return `[${shown.join(', ')}${value.length > 8 ? ', …' : ''}]`;
  }
  return typeof value;
}

/** The picture's bytes cannot be used; the sender must send another picture. */
export class PictureError extends FreezeframeError {}

/** The request or tensors do not fit the model; the sender must send something else. */
export class RequestError extends FreezeframeError {}

/** A model is absent, damaged, or of a format this version does not read. */
export class ModelError extends FreezeframeError {}
