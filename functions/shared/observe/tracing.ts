import { lazily } from '../runtime/lazily.ts';

/** X-Ray's SDK takes 80 ms to load: only where the stack asks for traces and this one is kept is it worth that. */
function isTraced(): boolean {
  const { POWERTOOLS_TRACE_ENABLED, AWS_XRAY_DAEMON_ADDRESS, _X_AMZN_TRACE_ID = '' } = process.env;
  return (
    POWERTOOLS_TRACE_ENABLED === 'true' && Boolean(AWS_XRAY_DAEMON_ADDRESS) && _X_AMZN_TRACE_ID.includes('Sampled=1')
  );
}

const powertools = lazily(async () => new (await import('@aws-lambda-powertools/tracer')).Tracer());

/** `work` as a part of the invocation's trace, its failure included; without a trace it is just done. */
export async function traced<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!isTraced()) return work();
  const tracer = await powertools();
  const part = tracer.provider.captureAsyncFunc(name, async (segment) => {
    try {
      return await work();
    } catch (error) {
      segment?.addError(error as Error);
      throw error;
    } finally {
      segment?.close();
    }
  });
  return part as Promise<T>;
}
