import type { TrainingBackend, TrainingTask } from '../../../../scripts/train/backends/index.ts';
import { openTensorflow } from '../../../../scripts/train/backends/tfjs.ts';
import { core, layers } from '../../../tensorflow-js/tensorflow.ts';
import { backendContract } from './contract.ts';

// The code that tfjs-node runs, on the engine that is always there.
backendContract('tfjs on its plain cpu engine', async (): Promise<TrainingBackend> => {
  await core.setBackend('cpu');
  const open = (task: TrainingTask) => openTensorflow({ ...core, ...layers }, task);
  return { name: 'tfjs-node', engine: `tfjs cpu ${core.version_core}`, exact: false, open };
});
