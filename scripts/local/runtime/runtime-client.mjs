// A Lambda runtime for Node: asks the Runtime API for events and gives them to the handler. It stands in for the official
// client (aws-lambda-ric, a native build of a minute that no npm ci should wait for) and follows the same protocol and the
// same rules for finding the handler. Plain JavaScript: it runs in the child, where no TypeScript loader is.
import { isAscii } from 'node:buffer';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openConnection } from './runtime-connection.mjs';

const { AWS_LAMBDA_RUNTIME_API: api = '', LAMBDA_TASK_ROOT: taskRoot = process.cwd(), _HANDLER = '' } = process.env;
const PREFIX = '/2018-06-01/runtime';
// As Lambda ends a process whose handler threw outside of any promise.
const EXIT_UNCAUGHT = 129;
const EXIT_REJECTED = 128;

let current;
// Nothing on the other side: this environment is over.
const connection = openConnection(api, () => process.exit(0));

process.on('uncaughtException', (error) => die('Runtime.UncaughtException', error, EXIT_UNCAUGHT));
process.on('unhandledRejection', (error) => die('Runtime.UnhandledPromiseRejection', error, EXIT_REJECTED));

const handler = await loadHandler().catch((error) => die('Runtime.ImportModuleError', error, 1));
if (handler) await serve();

async function serve() {
  for (;;) {
    const { headers, body } = await call('GET', '/invocation/next');
    const id = headers['lambda-runtime-aws-request-id'];
    current = id;
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    let reply;
    try {
      const event = parseEvent(body, Number(headers['freezeframe-body-offset']));
      const result = await handler(event, contextOf(id, headers));
      reply = JSON.stringify(result) ?? 'null';
    } catch (error) {
      console.error(error);
      await call('POST', `/invocation/${id}/error`, describe(error));
      continue;
    } finally {
      current = undefined;
    }
    await call('POST', `/invocation/${id}/response`, reply);
  }
}

/**
 * The event's JSON. A picture's base64 makes it several megabytes, in which the parser would look for quotes one character
 * after the other (4 ms for 4 MB): where the gateway says that the rest of the text is `BASE64"}`, that is cut out.
 */
function parseEvent(text, bodyAt) {
  if (!(bodyAt > 0)) return JSON.parse(text.toString(isAscii(text) ? 'latin1' : 'utf8'));
  const event = JSON.parse(`${text.toString('utf8', 0, bodyAt)}"}`);
  event.body = text.toString('latin1', bodyAt, text.length - 2);
  return event;
}

/** `index.handler`: the part after the last slash, up to its first dot, is the module; the rest is the way to the export. */
async function loadHandler() {
  const [file, ...path] = basename(_HANDLER).split('.');
  const stem = resolve(taskRoot, dirname(_HANDLER), file);
  const found = ['', '.js', '.mjs', '.cjs'].map((extension) => stem + extension).find((name) => existsSync(name));
  if (!found) throw new Error(`Cannot find module '${join(dirname(_HANDLER), file)}' in ${taskRoot}`);
  const module = await import(pathToFileURL(found).href);
  const pick = (from) => path.reduce((value, name) => value?.[name], from);
  const chosen = pick(module) ?? pick(module.default);
  if (typeof chosen !== 'function') throw new Error(`${_HANDLER} is undefined or not exported`);
  // Node 24's runtime refuses them; what works here has to work there.
  if (chosen.length > 2) throw new Error(`${_HANDLER} takes a callback; handlers are async and take (event, context)`);
  return chosen;
}

function contextOf(id, headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: id,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function describe(error, type) {
  const known = error instanceof Error;
  return JSON.stringify({
    errorType: type ?? (known ? error.name : typeof error),
    errorMessage: known ? error.message : String(error),
    trace: known ? String(error.stack).split('\n') : [],
  });
}

async function die(type, error, code) {
  console.error(error);
  const path = current ? `/invocation/${current}/error` : '/init/error';
  // Between two events the connection waits for the next one, and there is nobody to tell.
  if (!connection.busy) await call('POST', path, describe(error, type), type);
  process.exit(code);
}

function call(method, path, body = '', errorType = undefined) {
  const headers = { 'content-type': 'application/json' };
  if (errorType) headers['lambda-runtime-function-error-type'] = errorType;
  return connection.exchange(method, PREFIX + path, headers, body);
}
