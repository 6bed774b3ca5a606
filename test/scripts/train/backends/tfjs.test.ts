import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import type { TrainingBackend, TrainingTask } from '../../../../scripts/train/backends/index.ts';
import { openTensorflow } from '../../../../scripts/train/backends/tfjs.ts';
import { backendContract } from './contract.ts';

// The code that tfjs-node runs, on the engine that is always there.
backendContract('tfjs on its plain cpu engine', async (): Promise<TrainingBackend> => {
  await tf.setBackend('cpu');
  const open = (task: TrainingTask) => openTensorflow({ ...tf, ...layers }, task);
  return { name: 'tfjs-node', engine: `tfjs cpu ${tf.version_core}`, exact: false, open };
});
