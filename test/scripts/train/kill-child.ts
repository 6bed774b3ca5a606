// Trains the tiny model in a process of its own until the test kills it. Argument: the checkpoint.
import { onnxBackend } from '../../../scripts/train/backends/onnx.ts';
import { train } from '../../../scripts/train/train.ts';
import { endless, tinyData, tinyTask } from './tiny.ts';

await train({
  backend: await onnxBackend(),
  task: tinyTask(),
  data: tinyData,
  settings: endless,
  checkpoint: process.argv[2] as string,
  resume: true,
  onEpoch: ({ epoch }) => process.stdout.write(`${epoch}\n`),
});
