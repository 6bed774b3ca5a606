import { ImportError } from '#guards';
import { type ClassNames, parseLabels } from '../../labels.ts';

/** Of an ONNX file. */
export type Metadata = readonly { readonly key: string; readonly value: string }[];

/** What exporters call the names of classes; Ultralytics the first. */
const KEYS = ['names', 'class_names', 'classes', 'labels', 'id2label'];

/**
 * Names of classes in a model's metadata: a dictionary or a list, written by Python or as JSON. Anybody writes there what
 * they like: what holds no names is passed over, and said.
 */
export function namesInMetadata(metadata: Metadata): Partial<ClassNames> {
  const found = metadata.find(({ key, value }) => KEYS.includes(key) && /^\s*[[{]/.test(value));
  if (!found) return { notes: [] };
  return namesFrom(found.value, `${found.key} of its metadata`);
}

/** Names in a text, or a note that says why there are none. */
export function namesFrom(text: string, where: string): Partial<ClassNames> {
  try {
    const { labels, notes } = parseLabels(new TextEncoder().encode(text), where);
    return { labels, notes: [`Class names from ${where}.`, ...notes] };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { notes: [`No class names were read: ${error.message}.`] };
  }
}
