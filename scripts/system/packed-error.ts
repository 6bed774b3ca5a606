import { type ErrorCode, FreezeframeError } from '@freezeframe/inference';

/** An error as it goes to another thread or process: of its class and its fields only the message would arrive. */
export interface PackedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly details: Record<string, unknown>;
  /** The system's own code (ENOENT), where it refused. */
  readonly system: string | undefined;
}

export function packError(error: FreezeframeError): PackedError {
  const { code, message, remedy, details } = error;
  return { code, message, remedy, details, system: systemCode(error) };
}

export function unpackError({ code, message, remedy, details, system }: PackedError): FreezeframeError {
  const cause = system === undefined ? {} : { cause: { code: system } };
  return new FreezeframeError(code, message, { ...(remedy === undefined ? {} : { remedy }), details, ...cause });
}

/** What the system called its refusal (ENOENT), where that is the cause of an error. */
export function systemCode({ cause }: FreezeframeError): string | undefined {
  return cause !== null && typeof cause === 'object' && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : undefined;
}
