// As a managed instance runs a function: several threads, each with the handler's module of its own and many requests at once.
// Asked by one message with { workers, rounds, events, wanted }: the texts of events that each thread is asked at once in each
// round, and the words of each answer's label or problem. Answers how many answers were right, and what memory was held.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) process.once('message', main);
else await work(workerData);

async function main({ workers, ...asked }) {
  const count = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { env: process.env, workerData: asked });
      let found;
      worker.on('message', (message) => {
        found = message;
      });
      worker.on('error', reject);
      // By itself: a thread that has an engine is never terminated.
      worker.on('exit', (code) => (code === 0 ? resolve(found) : reject(new Error(`a thread ended with ${code}`))));
    });
  const found = await Promise.all(Array.from({ length: workers }, count));
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send({
    right: found.reduce((sum, { right }) => sum + right, 0),
    wrong: found.flatMap(({ wrong }) => wrong),
    megabytes,
    // The most that was held when a thread had ended each round.
    rounds: found[0].held.map((_, round) => Math.max(...found.map(({ held }) => held[round]))),
  });
  process.disconnect();
}

async function work({ events, wanted, rounds }) {
  // As AWS's runtime client does before it loads a handler: what is kept for each invocation, by asynchronous context.
  globalThis.awslambda = {};
  const powertools = import.meta.resolve('@aws-lambda-powertools/logger');
  const store = await createRequire(powertools)('@aws/lambda-invoke-store').InvokeStore.getInstanceAsync();
  const { handler } = await import(pathToFileURL(join(process.cwd(), 'index.mjs')).href);
  let right = 0;
  const wrong = [];
  const held = [];
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(
      events.map((event, i) => {
        const context = { awsRequestId: `${round}-${i}`, functionName: 'http', getRemainingTimeInMillis: () => 29_000 };
        // Parsed each time, as the runtime client does it: what an event holds can then be collected.
        return store.run({}, () => handler(JSON.parse(event), context));
      }),
    );
    for (const [i, { statusCode, body }] of answers.entries()) {
      const { predictions, type, detail } = JSON.parse(body);
      const said = statusCode === 200 ? predictions[0].label : `${statusCode} ${type} ${detail}`;
      if (wanted[i].every((part) => said.includes(part))) right++;
      else wrong.push(`${statusCode} ${body}`);
    }
    held.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
  }
  parentPort.postMessage({ right, wrong, held });
}
