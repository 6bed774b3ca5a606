import { createSocket } from 'node:dgram';
import { RequestError } from '@freezeframe/inference';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { correlated } from '../../../../functions/shared/observe/correlation.ts';
import { logLine } from '../../../../functions/shared/observe/log.ts';
import { measure, measureFailure } from '../../../../functions/shared/observe/metrics.ts';
import { observed } from '../../../../functions/shared/observe/observe.ts';

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'Freezeframe';
  lines.length = 0;
  const collect = (line: string | Uint8Array) => Boolean(lines.push(JSON.parse(String(line))));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(collect);
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const name of ['POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_TRACE_ENABLED', 'AWS_XRAY_DAEMON_ADDRESS']) {
    delete process.env[name];
  }
});

const invocation = { awsRequestId: 'r1', getRemainingTimeInMillis: () => 1_000 };
const metrics = () => lines.filter((line) => '_aws' in line);

describe('observed', () => {
  it('counts the first invocation as a cold start, and no other', async () => {
    const handler = observed(async () => 7);
    expect(await handler({}, invocation)).toBe(7);
    expect(metrics()).toEqual([expect.objectContaining({ ColdStart: 1 })]);
    await handler({}, invocation);
    expect(metrics()).toHaveLength(1);
  });

  it('has what is left behind collected, also when the handler fails, and not where nothing was done', async () => {
    const collectLitter = vi.fn();
    const handler = observed(async (event: object) => {
      expect(collectLitter).not.toHaveBeenCalled();
      if ('fail' in event) throw new Error('no');
    }, collectLitter);
    await handler({ warmer: true }, invocation);
    await handler({}, invocation);
    expect(collectLitter).toHaveBeenCalledOnce();
    collectLitter.mockClear();
    await expect(handler({ fail: true }, invocation)).rejects.toThrow('no');
    expect(collectLitter).toHaveBeenCalledOnce();
  });

  it('keeps the dimensions of all values, however many a batch of a thousand has', async () => {
    const of = { model: 'gnomes', version: '1' };
    await observed(async () => {
      for (let i = 0; i < 1_000; i++) {
        measure('DecodeMs', i, of);
        measure('RunMs', i, of);
      }
    })({}, invocation);
    const written = metrics();
    for (const line of written) {
      expect(line).toMatchObject(of);
      // CloudWatch drops what is more: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
      for (const name of ['DecodeMs', 'RunMs']) expect([line[name] ?? []].flat().length).toBeLessThanOrEqual(100);
    }
    for (const name of ['DecodeMs', 'RunMs']) {
      expect(written.flatMap((line) => line[name] ?? [])).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    }
  });

  it('writes what was measured in the embedded metric format, by dimensions, also when the handler fails', async () => {
    const handler = observed(async () => {
      measure('DecodeMs', 3, { model: 'gnomes', version: '1' });
      measure('DecodeMs', 4, { model: 'gnomes', version: '1' });
      measure('RunMs', 5, { model: 'gnomes', version: '2' });
      measureFailure(new RequestError('request-invalid', 'no'));
      measureFailure(new Error('nobody foresaw it'));
      throw new Error('bad');
    });
    await expect(handler({}, invocation)).rejects.toThrow('bad');
    expect(metrics()).toMatchObject([
      { model: 'gnomes', version: '1', DecodeMs: [3, 4] },
      { model: 'gnomes', version: '2', RunMs: 5 },
      { type: 'request-invalid', Failures: 1 },
      { type: 'internal', Failures: 1 },
    ]);
    const emf = lines[0] as { _aws: { CloudWatchMetrics: [Record<string, unknown>] } };
    const [{ Namespace, Dimensions, Metrics }] = emf._aws.CloudWatchMetrics;
    expect({ Namespace, Dimensions, Metrics }).toEqual({
      Namespace: 'Freezeframe',
      Dimensions: [['service', 'model', 'version']],
      Metrics: [{ Name: 'DecodeMs', Unit: 'Milliseconds' }],
    });
  });

  it('writes no metrics where the stack named no namespace', async () => {
    delete process.env.POWERTOOLS_METRICS_NAMESPACE;
    await observed(async () => measure('BatchSize', 2))({}, invocation);
    expect(lines).toEqual([]);
  });

  it("gives every line the invocation's id, and those of the work within", async () => {
    await observed(async () => correlated({ messageId: 'm1' }, async () => logLine('info', 'hello')))({}, invocation);
    expect(lines[0]).toMatchObject({ message: 'hello', invocationId: 'r1', messageId: 'm1' });
  });

  it('sends its part of a sampled trace to X-Ray, failures included, and nothing of others', async () => {
    const daemon = createSocket('udp4');
    const heard: string[] = [];
    daemon.on('message', (message) => heard.push(String(message)));
    await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
    process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
    process.env.POWERTOOLS_TRACE_ENABLED = 'true';
    process.env.LAMBDA_TASK_ROOT = '/var/task';
    const trace = 'Root=1-58c9ecc3-111111111111111111111111;Parent=2222222222222222';
    const handler = observed(async (event: { fail: boolean }) => {
      if (event.fail) throw new TypeError('traced');
    });
    try {
      process.env._X_AMZN_TRACE_ID = `${trace};Sampled=0`;
      await handler({ fail: false }, invocation);
      expect(heard).toEqual([]);
      process.env._X_AMZN_TRACE_ID = `${trace};Sampled=1`;
      await expect(handler({ fail: true }, invocation)).rejects.toThrow('traced');
      await vi.waitFor(() => expect(heard.join('')).toContain('"trace_id":"1-58c9ecc3-111111111111111111111111"'));
      expect(heard.join('')).toMatch(/"name":"handler"/);
      expect(heard.join('')).toMatch(/TypeError/);
    } finally {
      for (const name of ['_X_AMZN_TRACE_ID', 'LAMBDA_TASK_ROOT']) delete process.env[name];
      daemon.close();
    }
  });
});

describe('what only keeps a function warm', () => {
  it.each([
    [{ source: 'serverless-plugin-warmup' }],
    [{ warmer: true, concurrency: 3 }],
    [{ warmup: true }],
    [{ version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    [{ version: '0', source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}' }],
  ])('is answered at once, without a line: %j', async (event) => {
    const handler = observed(async () => expect.fail('it was handled'));
    expect(await handler(event, invocation)).toEqual({ status: 'warm' });
    expect(lines).toEqual([]);
  });

  it.each([
    [{ source: 'aws.events', 'detail-type': 'ClassificationRequested' }],
    [{ source: 'someone' }],
    [{ warmer: 'yes' }],
    [null],
    ['warmer'],
  ])('is nothing else: %j', async (event) => {
    expect(await observed(async () => 'handled')(event, invocation)).toBe('handled');
  });
});
