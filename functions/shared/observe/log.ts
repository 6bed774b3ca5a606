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
  inContext(() => logger[level](message, { ...correlation(), ...fields }));
}

/** What AWS's runtime client keeps for each invocation (`@aws/lambda-invoke-store`). */
interface InvokeStore {
  hasContext(): boolean;
  run(context: object, work: () => void): void;
}

/**
 * On a managed instance, where invocations share a thread, Powertools writes into the invocation's own store, and throws where
 * there is none: at INIT, and in work that outlasts its invocation. Such a line gets a store for itself.
 */
function inContext(write: () => void): void {
  const { InvokeStore: store } = (globalThis as { awslambda?: { InvokeStore?: InvokeStore } }).awslambda ?? {};
  if (process.env.AWS_LAMBDA_MAX_CONCURRENCY !== undefined && store?.hasContext() === false) store.run({}, write);
  else write();
}

/** What a log may say of an error: everything, causes included, because only the operator reads it. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...code, reason: error.message, stack: error.stack, ...cause };
}
