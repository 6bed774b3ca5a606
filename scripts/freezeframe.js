#!/usr/bin/env node
// Registers the TypeScript loader (Node 20 cannot strip types itself), then starts the command line.
import { availableParallelism } from 'node:os';
import { register } from 'tsx/esm/api';

// `freezeframe models list | head` closes our stdout early: whoever read it has what they wanted, and that is no failure.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`freezeframe: The output cannot be written: ${error.message}\n`);
  process.exit(1);
});
// Nobody reads our progress any more; the work goes on.
process.stderr.on('error', () => {});

// onnxruntime reports to its maker without it. Here for every process and thread that is started from this one.
process.env.ORT_DISABLE_TELEMETRY = '1';

// Seven lines before each answer of AWS, about a Node that the functions do not run on.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Files are read and pictures decoded in libuv's threads: four, however many cores there are. Node 20 has started them before
// this line, and keeps four.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()));

register();
const { main } = await import('./cli.ts');
process.exitCode = await main(process.argv);
