import util from 'node:util';
import { FreezeframeError } from '@freezeframe/inference';
import type { TrainingBackend } from './backend.ts';
import { openTensorflow, type Tensorflow } from './tfjs.ts';

/** An optional dependency: a name that TypeScript does not try to resolve, as it need not be there. */
const PACKAGE: string = '@tensorflow/tfjs-node';

/**
 * Trains with TensorFlow's own native library, where `@tensorflow/tfjs-node` is installed and loads.
 * @throws FreezeframeError `backend-unavailable`
 */
export async function tfjsNodeBackend(name = PACKAGE): Promise<TrainingBackend> {
  const tf = await load(name);
  return {
    name: 'tfjs-node',
    engine: `tfjs-node ${tf.version['tfjs-core']}`,
    exact: false,
    async open(task) {
      // Whoever used the package before in this process may have chosen another engine.
      await tf.setBackend('tensorflow');
      return openTensorflow(tf, task);
    },
  };
}

type TensorflowNode = Tensorflow & { version: Record<string, string>; setBackend(name: string): Promise<boolean> };

async function load(name: string): Promise<TensorflowNode> {
  restoreUtil();
  // TensorFlow tells on stderr which processor it could have been compiled for.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    const module = await import(name);
    return module.default ?? module;
  } catch (cause) {
    throw new FreezeframeError('backend-unavailable', `The backend tfjs-node cannot be loaded: ${firstLine(cause)}`, {
      cause,
      remedy:
        'Leave --backend out: the onnx backend needs nothing more. Or build it, from the source of this project: npm run setup:tfjs-node',
    });
  }
}

/** tfjs-node 4.22 calls them; Node 22 warns of them, and Node 23 has them no more. */
function restoreUtil(): void {
  Object.assign(util, { isArray: Array.isArray, isNullOrUndefined: (value: unknown) => value == null });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}
