/** What calls a function only to keep it warm says so in one of these fields. */
const FLAGS = ['warmer', 'warmup', 'warm-up', 'keepwarm'];
const SOURCES = ['serverless-plugin-warmup', 'aws.events', 'aws.scheduler'];

/**
 * Whether an event asks for nothing but that the function is there: serverless-plugin-warmup, lambda-warmer, a rule or a
 * schedule of EventBridge.
 */
export function isWarmUp(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const fields = event as Record<string, unknown>;
  if (FLAGS.some((flag) => fields[flag] === true)) return true;
  if (!SOURCES.includes(String(fields.source))) return false;
  return fields.source === 'serverless-plugin-warmup' || fields['detail-type'] === 'Scheduled Event';
}
