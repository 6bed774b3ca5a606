import { expected, FreezeframeError } from '@freezeframe/inference';
import type { TrainingBackend } from './backend.ts';

export type { Trainer, TrainingBackend, TrainingTask } from './backend.ts';

/** What can train, loaded when it is asked for. `auto` is the first: it is always there. */
const BACKENDS = {
  onnx: async () => (await import('./onnx.ts')).onnxBackend(),
  'tfjs-node': async () => (await import('./tfjs-node.ts')).tfjsNodeBackend(),
} as const satisfies Record<TrainingBackend['name'], () => Promise<TrainingBackend>>;

export const BACKEND_NAMES = ['auto', ...Object.keys(BACKENDS)] as readonly string[];

/** @throws FreezeframeError `used-wrongly` for an unknown name, `backend-unavailable` for one that does not load */
export function openBackend(name: string): Promise<TrainingBackend> {
  if (name === 'auto') return BACKENDS.onnx();
  if (Object.hasOwn(BACKENDS, name)) return BACKENDS[name as keyof typeof BACKENDS]();
  throw new FreezeframeError('used-wrongly', expected(`one of ${BACKEND_NAMES.join(', ')}`, '--backend', name));
}
