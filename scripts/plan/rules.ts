import { countOf } from '#terminal';
import type { Rules } from './simulation/simulate.ts';

/** A sentence that a plan rests on, and where it is written down or who measured it. */
export interface Said {
  readonly says: string;
  readonly source: string;
}

const AWS = 'docs.aws.amazon.com/lambda/latest/dg';

/** What Lambda does where nobody says otherwise. */
export const LAMBDA_RULES = {
  concurrency: 1000,
  startsAtOnce: 1000,
  startsPerSecond: 100,
  requestsPerEnvironment: 10,
  keepAlive: 600,
  lifetime: 7200,
  queue: false,
} as const satisfies Rules;

const count = (value: number) => value.toLocaleString('en');

/** The rules in words, each with where it is from. */
export function rulesInWords(rules: Rules): Said[] {
  const full = rules.queue
    ? 'Requests that find no environment wait in a queue, one picture an invocation.'
    : 'Requests beyond a limit are refused (429), and nobody asks again.';
  return [
    {
      says: `At most ${count(rules.concurrency)} ${rules.concurrency === 1 ? 'environment is' : 'environments are'} at work at once. A new account may have only 10. ${full}`,
      source: `${AWS}/gettingstarted-limits.html`,
    },
    {
      says: `A function gets ${count(rules.startsAtOnce)} new environments at once, and ${count(rules.startsPerSecond)} more a second: 1,000 in 10 s.`,
      source: `${AWS}/scaling-behavior.html`,
    },
    ...(rules.queue
      ? []
      : [
          {
            says: `In a second at most ${count(rules.requestsPerEnvironment)} times as many requests are taken as environments may be at work: ${count(rules.requestsPerEnvironment * rules.concurrency)}.`,
            source: `${AWS}/lambda-concurrency.html`,
          },
        ]),
    {
      says: `An environment that was idle for ${countOf(rules.keepAlive / 60, 'minutes')} is gone; AWS promises nothing here.`,
      source: 'measured: mikhail.io/2019/08/aws-lambda-cold-starts-after-10-minutes',
    },
    {
      says: `An environment is replaced after ${countOf(rules.lifetime / 3600, 'hours')}, busy or not.`,
      source: 'measured: xebia.com/blog/til-that-aws-lambda-terminates-instances-preemptively',
    },
    {
      says: 'A request goes to the environment that was used last. Where none is free it waits for a new one.',
      source: 'our assumption',
    },
  ];
}
