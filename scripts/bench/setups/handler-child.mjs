// The built function in this process: messages with an event keep it under a name, the others ask for one call with it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(join(process.cwd(), 'index.mjs')).href);
const context = { awsRequestId: 'bench', functionName: 'http', getRemainingTimeInMillis: () => 29_000 };
const events = new Map();

process.on('message', async (message) => {
  if (message.event) {
    events.set(message.name, message.event);
    return;
  }
  const start = process.cpuUsage();
  // A copy: the handler takes the body out of its event.
  const { statusCode, body } = await handler({ ...events.get(message.name) }, context);
  const { user, system } = process.cpuUsage(start);
  process.send(
    statusCode === 200 ? { ok: true, cpuMs: (user + system) / 1000 } : { ok: false, why: `${statusCode} ${body}` },
  );
});
process.send({ ok: true });
