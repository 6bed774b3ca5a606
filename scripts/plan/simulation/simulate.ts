import { cellNumber } from '#system';
import type { Service } from '../scale.ts';
import { FinishHeap } from './finish-heap.ts';
import { IdleEnvironments } from './idle-environments.ts';
import { Timeline } from './timeline.ts';
import { TokenBucket } from './token-bucket.ts';

/** What Lambda allows, and how long it keeps what is idle. Seconds. */
export interface Rules {
  /** Environments that may be at work at once. */
  readonly concurrency: number;
  /** Environments that may be started at once, and how many more a second. */
  readonly startsAtOnce: number;
  readonly startsPerSecond: number;
  /** Requests that each of `concurrency` environments may be asked in a second. */
  readonly requestsPerEnvironment: number;
  /** An environment that was idle for so long is gone. */
  readonly keepAlive: number;
  /** One that is older is not used again. */
  readonly lifetime: number;
  /** Requests that find no environment wait, as uploads do in their queue; otherwise they are refused. */
  readonly queue: boolean;
}

export interface Simulated {
  readonly answered: number;
  readonly refused: number;
  /** Of the answered: how many waited for a new environment. */
  readonly cold: number;
  /** Milliseconds from arrival to answer, the shortest first. */
  readonly latencies: Float64Array;
  /** Seconds that environments were at work, INIT included. */
  readonly busySeconds: number;
  /** Milliseconds that are billed: each invocation to the next whole one, its INIT included. */
  readonly billedMs: number;
  /** Most environments that were at work at once. */
  readonly peak: number;
  readonly timeline: Timeline;
}

/**
 * Lets requests arrive at a function, one after the other (a discrete-event simulation). An environment answers one request
 * at a time. A request goes to the environment that was used last; where none is free, one is started for it and it waits.
 * @param arrivals seconds since the beginning, none below the one before.
 * @param span seconds that are looked at.
 */
export function simulate(
  arrivals: Float64Array,
  span: number,
  { init, first, warm }: Service,
  rules: Rules,
  seed = 0,
): Simulated {
  const working = new FinishHeap();
  const idle = new IdleEnvironments(rules);
  const starts = new TokenBucket(rules.startsAtOnce, rules.startsPerSecond);
  const perSecond = rules.concurrency * rules.requestsPerEnvironment;
  const requests = new TokenBucket(Math.max(1, perSecond), perSecond);
  const timeline = new Timeline(span);
  const latencies = new Float64Array(arrivals.length);
  let [answered, refused, cold, busySeconds, billedMs, peak] = [0, 0, 0, 0, 0, 0];
  // Those that wait, from `next` on, by their place among the arrivals.
  const waiting: number[] = [];
  let next = 0;
  let clock = 0;

  /** Answers a request that arrived earlier or now; false where there is no environment for it. */
  const begin = (request: number, now: number): boolean => {
    if (working.size >= rules.concurrency) return false;
    let environment = idle.take(now);
    const started = environment < 0;
    if (started) {
      if (!starts.take(now)) return false;
      environment = idle.create(now);
    }
    // The same request draws the same lot with every memory size, so that sizes differ by their size alone.
    const lot = cellNumber(seed, request, 0);
    const ms = started ? init(cellNumber(seed, request, 1)) + first(lot) : warm(lot);
    working.push(now + ms / 1000, environment);
    peak = Math.max(peak, working.size);
    busySeconds += ms / 1000;
    billedMs += Math.ceil(ms);
    if (started) cold++;
    latencies[answered++] = (now - (arrivals[request] as number)) * 1000 + ms;
    timeline.began(now, working.size, started);
    return true;
  };

  /** Lets everything happen that happens until then. */
  const until = (time: number): void => {
    for (;;) {
      const done = working.first;
      // What waits though more may be at work waits for the right to start another environment.
      const held = next < waiting.length && working.size < rules.concurrency;
      const started = held ? starts.next(clock) : Number.POSITIVE_INFINITY;
      const now = Math.min(done, started);
      if (now > time || now === Number.POSITIVE_INFINITY) return;
      clock = now;
      if (done <= started) idle.release(working.pop(), now);
      while (next < waiting.length && begin(waiting[next] as number, now)) next++;
    }
  };

  for (let request = 0; request < arrivals.length; request++) {
    const now = arrivals[request] as number;
    until(now);
    clock = now;
    timeline.arrived(now);
    if (rules.queue) {
      if (next < waiting.length || !begin(request, now)) waiting.push(request);
    } else if (!requests.take(now) || !begin(request, now)) {
      refused++;
      timeline.refused(now);
    }
  }
  until(Number.POSITIVE_INFINITY);
  return {
    answered,
    refused,
    cold,
    latencies: latencies.subarray(0, answered).sort(),
    busySeconds,
    billedMs,
    peak,
    timeline,
  };
}
