// Trains the tiny model in a process of its own until the test kills it. Argument: the checkpoint.
import { existsSync } from 'node:fs';
import { onnxBackend } from '../../../scripts/train/backends/onnx.ts';
import { train } from '../../../scripts/train/train.ts';
import { endless, tinyData, tinyTask } from './tiny.ts';

const checkpoint = process.argv[2] as string;
await train({
  backend: await onnxBackend(),
  task: tinyTask(),
  data: tinyData,
  settings: endless,
  checkpoint,
  resume: existsSync(checkpoint),
  onEpoch: ({ epoch }) => process.stdout.write(`${epoch}\n`),
});
