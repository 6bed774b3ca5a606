import { correlation } from './correlation.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/**
 * Writes one structured line, as CloudWatch Logs Insights reads it: `{"level", "message", "time", ...correlation, ...fields}`.
 * Fields are names, numbers and codes; never picture bytes or keys of callers.
 */
export function logLine(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
  const line = JSON.stringify({ level, message, time: new Date().toISOString(), ...correlation(), ...fields });
  process[level === 'error' ? 'stderr' : 'stdout'].write(`${line}\n`);
}

/** What a log may say of an error: everything, causes included, because only the operator reads it. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...code, reason: error.message, stack: error.stack, ...cause };
}
