#!/usr/bin/env node
// Registers the TypeScript loader (Node 20 cannot strip types itself), then starts the command line.
import { availableParallelism } from 'node:os';
import { register } from 'tsx/esm/api';

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
const { endProcess, main } = await import('./cli.ts');

// `freezeframe models list | head` closes our stdout early: whoever read it has what they wanted, and that is no failure.
process.stdout.once('error', (error) => {
  // The same again for each further line.
  process.stdout.on('error', () => {});
  if (error.code === 'EPIPE') return endProcess(0);
  process.stderr.write(`freezeframe: The output cannot be written: ${error.message}\n`);
  return endProcess(1);
});

process.exitCode = await main(process.argv);
