import { parentPort, workerData } from 'node:worker_threads';
import { FreezeframeError } from '@freezeframe/inference';
import type { ImportedModel, TableFiles } from '#read';
import { type ReadAll, readAll } from '#read';

/** What a reading thread sends, once. */
export type WorkerAnswer =
  | { readonly read: ReadAll }
  | {
      readonly refused: {
        readonly code: string;
        readonly message: string;
        readonly remedy?: string;
        readonly details: Record<string, unknown>;
      };
    }
  | { readonly broken: { readonly message: string; readonly stack: string | undefined } };

/** The memory of tensors, to be handed over instead of copied. */
function buffers(imported: ImportedModel): ArrayBuffer[] {
  const views =
    imported.kind === 'onnx' ? [imported.onnx] : [...imported.model.weights.values()].map(({ data }) => data);
  const whole = views.filter(({ byteLength, buffer }) => byteLength * 2 >= buffer.byteLength);
  return [...new Set(whole.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}

async function answer(): Promise<WorkerAnswer> {
  try {
    const { path, files } = workerData as { path: string; files: TableFiles };
    return { read: await readAll(path, files) };
  } catch (error) {
    if (error instanceof FreezeframeError) {
      const { code, message, remedy, details } = error;
      return { refused: { code, message, details, ...(remedy === undefined ? {} : { remedy }) } };
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { broken: { message, stack } };
  }
}

const result = await answer();
try {
  parentPort?.postMessage(result, 'read' in result ? buffers(result.read.imported) : []);
} catch {
  // Memory that Node lends from its pool cannot be handed over: copied then.
  parentPort?.postMessage(result);
}
