import { type ErrorCode, FreezeframeError } from '@freezeframe/inference';

/** An error as it goes from one thread to another: of its class and its fields only the message would arrive. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly details: Record<string, unknown>;
  /** The system's own code (ENOENT), where it refused. */
  readonly system: string | undefined;
}

/** @throws errors that nobody foresaw, as they are. */
export function packed(error: unknown): Failure {
  if (!(error instanceof FreezeframeError)) throw error;
  const { code, message, remedy, details } = error;
  return { code, message, remedy, details, system: systemCode(error) };
}

export function unpacked({ code, message, remedy, details, system }: Failure): FreezeframeError {
  const cause = system === undefined ? {} : { cause: { code: system } };
  return new FreezeframeError(code, message, { ...(remedy === undefined ? {} : { remedy }), details, ...cause });
}

/** What the system called its refusal (ENOENT), where that is why a picture could not be read. */
export function systemCode({ cause }: FreezeframeError): string | undefined {
  return cause !== null && typeof cause === 'object' && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : undefined;
}
