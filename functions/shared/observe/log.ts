import { Logger } from '@aws-lambda-powertools/logger';
import { correlation } from './correlation.ts';

type LogLevel = 'info' | 'warn' | 'error';

const { POWERTOOLS_SERVICE_NAME, AWS_LAMBDA_FUNCTION_NAME } = process.env;
const logger = new Logger({ serviceName: POWERTOOLS_SERVICE_NAME ?? AWS_LAMBDA_FUNCTION_NAME ?? 'freezeframe' });

/**
 * Writes one structured line, as CloudWatch Logs Insights reads it: `{"level", "message", "timestamp", "service",
 * ...correlation, ...fields}`. Fields are names, numbers and codes; never picture bytes, object keys or callers' keys.
 */
export function logLine(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
  logger[level](message, { ...correlation(), ...fields });
}

/** What a log may say of an error: everything, causes included, because only the operator reads it. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...code, reason: error.message, stack: error.stack, ...cause };
}
