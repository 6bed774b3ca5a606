// The built function in this process: the first message is the event, each one after it asks for one call of the handler.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(join(process.cwd(), 'index.mjs')).href);
const context = { awsRequestId: 'bench', functionName: 'http', getRemainingTimeInMillis: () => 29_000 };
let event;

process.on('message', async (message) => {
  if (message.event) {
    event = message.event;
    return;
  }
  const { statusCode, body } = await handler(event, context);
  process.send(statusCode === 200 ? { ok: true } : { ok: false, why: `${statusCode} ${body}` });
});
process.send({ ok: true });
