import { FreezeframeError } from '@freezeframe/inference';
import type { LayerConfig } from './keras-model.ts';

/** Which tensor a call reads: the layer's name, which of its calls, which of that call's outputs. */
export type History = readonly [layer: string, call: number, output: number];

/** One call of a layer in a Functional model. */
export interface Call {
  /** `<layer> <call>` */
  readonly id: string;
  readonly layer: LayerConfig;
  readonly inputs: readonly History[];
}

/**
 * All calls in an order in which each comes after those it reads.
 * @throws FreezeframeError `bad-topology` where calls wait for each other
 */
export function functionalCalls(layers: readonly LayerConfig[]): Call[] {
  const calls = layers.flatMap(callsOf);
  const waiting = new Map(calls.map((call) => [call.id, 0]));
  const readers = new Map<string, Call[]>();
  for (const call of calls) {
    for (const source of new Set(call.inputs.map(([name, index]) => `${name} ${index}`))) {
      if (!waiting.has(source)) continue; // named in the error of whoever looks it up
      waiting.set(call.id, (waiting.get(call.id) as number) + 1);
      const list = readers.get(source);
      if (list) list.push(call);
      else readers.set(source, [call]);
    }
  }
  const ordered = calls.filter((call) => waiting.get(call.id) === 0);
  for (const call of ordered) {
    for (const reader of readers.get(call.id) ?? []) {
      const left = (waiting.get(reader.id) as number) - 1;
      waiting.set(reader.id, left);
      if (left === 0) ordered.push(reader);
    }
  }
  if (ordered.length < calls.length) {
    const stuck = [...waiting].filter(([, left]) => left > 0).map(([id]) => id);
    const message = `The model's config cannot be used: these layers wait for each other: ${stuck.slice(0, 5).join(', ')}`;
    throw new FreezeframeError('bad-topology', message);
  }
  return ordered;
}

/** `["layer", 0, 0]` and Keras 2's `["layer", 0, 0, {options}]`. */
export function readHistory(value: unknown): History | undefined {
  if (!Array.isArray(value)) return undefined;
  const [name, call, output] = value as unknown[];
  const valid = typeof name === 'string' && Number.isInteger(call) && Number.isInteger(output);
  return valid ? [name, call as number, output as number] : undefined;
}

function callsOf(layer: LayerConfig): Call[] {
  const name = String(layer.config.name ?? layer.name);
  const nodes = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
  // An input layer is called once, by nobody.
  if (nodes.length === 0) return [{ id: `${name} 0`, layer, inputs: [] }];
  return nodes.map((node: unknown, index) => ({ id: `${name} ${index}`, layer, inputs: [...tensorsIn(node)] }));
}

/** The tensors that a call is given, in order. Keras 3 wraps them in objects, Keras 2 lists them. */
function* tensorsIn(node: unknown): Generator<History> {
  const own = readHistory(node);
  if (own) {
    yield own;
    // Keras 2: tensors given by name stand in the options behind the first.
    const options = (node as unknown[])[3];
    if (options && typeof options === 'object') yield* tensorsIn(Object.values(options));
    return;
  }
  if (Array.isArray(node)) {
    for (const item of node) yield* tensorsIn(item);
    return;
  }
  if (!node || typeof node !== 'object') return;
  const { class_name, config, args, kwargs } = node as Record<string, unknown>;
  if (class_name === '__keras_tensor__') {
    const history = readHistory((config as { keras_history?: unknown } | undefined)?.keras_history);
    if (history) yield history;
    return;
  }
  yield* tensorsIn(args ?? []);
  if (kwargs && typeof kwargs === 'object') yield* tensorsIn(Object.values(kwargs));
}
