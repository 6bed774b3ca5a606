import { posix } from 'node:path';
import { ImportError } from '#guards';
import type { Source } from './source.ts';

/** What is no model that can be read, and what to do instead. */
export interface Refusal {
  readonly what: string;
  readonly remedy: string;
}

export function refuse({ what, remedy }: Refusal, source: Source): ImportError {
  return new ImportError('format-unknown', `${source.path} is ${what}.`, { remedy });
}

interface Foreign extends Refusal {
  recognises(source: Source): Promise<boolean>;
}

const named = (source: Source, pattern: RegExp) => source.entries.some(({ name }) => pattern.test(name));

/** Formats that hold no graph which could be read without running a program of theirs. */
export const FOREIGN: readonly Foreign[] = [
  {
    what: 'a file of PyTorch: it holds weights, and its layers are a program in Python',
    remedy: 'Where it was trained: torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "model.onnx").',
    recognises: async (source) =>
      source.kind === 'zip' && named(source, /^[^/]+\/data\.pkl$/) && named(source, /^[^/]+\/version$/),
  },
  {
    what: 'a file of safetensors: it holds weights, and its layers are a program in Python',
    remedy: 'Export it to ONNX where it can be loaded. Of Hugging Face: optimum-cli export onnx --model NAME FOLDER.',
    recognises: isSafetensors,
  },
  {
    what: 'a model of Core ML',
    remedy: 'Export it to ONNX, TensorFlow Lite or Keras from what it was made with.',
    recognises: async (source) => /\.mlmodel$/i.test(source.path) || named(source, /\.mlmodel$/i),
  },
  {
    what: 'a SavedModel: it holds TensorFlow’s own program, not layers',
    remedy:
      'Save it from Keras as .keras, or convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx. In Teachable Machine: Export Model, tab Tensorflow, Keras, Download my model; give the zip.',
    recognises: async (source) => source.entries.some(({ name }) => posix.basename(name) === 'saved_model.pb'),
  },
];

/** Readable models beside which the above do no harm. */
const READABLE = /\.(h5|hdf5|keras|onnx|tflite|task)$|(^|\/)model\.json$/i;

/** @throws ImportError `format-unknown`, with what to do */
export async function refuseForeign(source: Source): Promise<void> {
  if (named(source, READABLE)) return;
  for (const foreign of FOREIGN) if (await foreign.recognises(source)) throw refuse(foreign, source);
}

/** It begins with the length of its directory, which is a JSON object. */
async function isSafetensors(source: Source): Promise<boolean> {
  const one = source.entries.find(({ name }) => source.kind === 'file' || /\.safetensors$/i.test(name));
  if (!one || one.bytes < 10) return false;
  const head = await source.head(one.name, 9);
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true);
  return head[8] === 0x7b && length > 1n && length < BigInt(one.bytes);
}
