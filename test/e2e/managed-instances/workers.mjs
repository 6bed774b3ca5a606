// As a managed instance runs a function: several threads, each with the handler's module of its own and many requests at once.
// Asked by one message with { workers, events, wanted }, the words of each answer's label or problem; answers how many answers
// were right, and what memory was held.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) process.once('message', main);
else await work(workerData);

async function main({ workers, events, wanted }) {
  const count = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { env: process.env, workerData: { events, wanted } });
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
  });
  process.disconnect();
}

async function work({ events, wanted }) {
  // As AWS's runtime client does before it loads a handler: what is kept for each invocation, by asynchronous context.
  globalThis.awslambda = {};
  const powertools = import.meta.resolve('@aws-lambda-powertools/logger');
  const store = await createRequire(powertools)('@aws/lambda-invoke-store').InvokeStore.getInstanceAsync();
  const { handler } = await import(pathToFileURL(join(process.cwd(), 'index.mjs')).href);
  const answers = await Promise.all(
    events.map((event, i) => {
      const context = { awsRequestId: `invocation-${i}`, functionName: 'http', getRemainingTimeInMillis: () => 29_000 };
      return store.run({}, () => handler(event, context));
    }),
  );
  const wrong = answers.flatMap(({ statusCode, body }, i) => {
    const { predictions, type, detail } = JSON.parse(body);
    const said = statusCode === 200 ? predictions[0].label : `${statusCode} ${type} ${detail}`;
    return wanted[i].every((part) => said.includes(part)) ? [] : [`${statusCode} ${body}`];
  });
  parentPort.postMessage({ right: answers.length - wrong.length, wrong });
}
