// A Lambda runtime for Node: asks the Runtime API for events and gives them to the handler. It stands in for the official
// client (aws-lambda-ric, a native build of a minute that no npm ci should wait for) and follows the same protocol and the
// same rules for finding the handler. Plain JavaScript: it runs in the child, where no TypeScript loader is.
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { basename, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API: api = '', LAMBDA_TASK_ROOT: taskRoot = process.cwd(), _HANDLER = '' } = process.env;
const PREFIX = '/2018-06-01/runtime';
// As Lambda ends a process whose handler threw outside of any promise.
const EXIT_UNCAUGHT = 129;
const EXIT_REJECTED = 128;

// Not fetch: that gives up on an answer after five minutes, and the next event may be hours away.
const agent = new Agent({ keepAlive: true });
// A handler whose promise never settles is late, not gone.
process.stdin.ref();
/** Where a failure outside of any promise is reported; between two events nobody asks. */
let reportTo = '/init/error';

process.on('uncaughtException', (error) => die('Runtime.UncaughtException', error, EXIT_UNCAUGHT));
process.on('unhandledRejection', (error) => die('Runtime.UnhandledPromiseRejection', error, EXIT_REJECTED));

const handler = await loadHandler().catch((error) => die('Runtime.ImportModuleError', error, 1));
if (handler) await serve();

async function serve() {
  for (;;) {
    reportTo = undefined;
    const { headers, event } = await nextEvent();
    const invocation = `/invocation/${headers['lambda-runtime-aws-request-id']}`;
    reportTo = `${invocation}/error`;
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    let reply;
    try {
      reply = JSON.stringify(await handler(event, contextOf(headers))) ?? 'null';
    } catch (error) {
      console.error(error);
      await call('POST', `${invocation}/error`, describe(error));
      continue;
    }
    reportTo = undefined;
    await call('POST', `${invocation}/response`, reply);
  }
}

/** The text of the event does not outlive this call, as in the official client. */
async function nextEvent() {
  const { headers, body } = await call('GET', '/invocation/next');
  return { headers, event: JSON.parse(body) };
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

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
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
  if (reportTo) await call('POST', reportTo, describe(error, type), { 'lambda-runtime-function-error-type': type });
  process.exit(code);
}

/** One exchange with the Runtime API. Without it this environment is over. */
function call(method, path, body = '', headers = {}) {
  return new Promise((resolve) => {
    const settings = { method, agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const end = () => process.exit(0);
    request(`http://${api}${PREFIX}${path}`, settings, (response) => {
      text(response).then((body) => resolve({ headers: response.headers, body }), end);
    })
      .once('error', end)
      .end(body);
  });
}
