import { expected } from '@freezeframe/inference';
import { ImportError, parseJson } from '#guards';
import { type KerasModel, withTodaysNames } from '#keras';
import type { ModelJson } from './model-json.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The Keras config in a `modelTopology`: bare, as TensorFlow.js writes it, or within `model_config`, as its Python converter
 * does; with keys like `class_name` or like `className`.
 * @throws ImportError `file-damaged`
 */
export function kerasConfig(model: ModelJson): { config: KerasModel['config']; framework: string | undefined } {
  const wrapped = model.topology.model_config ?? model.topology.modelConfig;
  const bare = wrapped === undefined ? model.topology : fromText(wrapped);
  const { class_name, config } = withTodaysNames(normalized(bare, wrapped === undefined)) as Json;
  if (typeof class_name !== 'string' || config === null || typeof config !== 'object') {
    throw new ImportError('file-damaged', expected('a model config', `modelTopology of ${model.entry}`, bare), {
      remedy: 'Export the model again with model.save() or tensorflowjs_converter.',
    });
  }
  const options = config as Json;
  // Its masks go by Keras 2's rules, whichever Keras was converted.
  return { config: { class_name, config: options, writer: 'keras-2' }, framework: frameworkOf(model, bare as Json) };
}

function fromText(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(value, 'model_config') : value;
}

function frameworkOf({ topology, json }: ModelJson, bare: Json): string | undefined {
  const version = topology.keras_version ?? bare.keras_version ?? topology.kerasVersion ?? bare.kerasVersion;
  const written = [version, json.generatedBy].find((text) => typeof text === 'string' && text !== '') as
    | string
    | undefined;
  // Versions are `tfjs-layers 1.7.4` or `2.4.0`; the file is foreign, and this is shown.
  const clean = written?.replace(/[^\w .+-]/g, '').slice(0, 60);
  return clean && (/^\d/.test(clean) ? `keras ${clean}` : clean);
}

interface Spelling {
  /** As JavaScript writes: `{ className: 'Dense', config: { useBias: true } }`. */
  readonly camel: boolean;
  /** Written by TensorFlow.js: null is what nobody has set. */
  readonly native: boolean;
}

function normalized(value: unknown, native: boolean): unknown {
  const top = value as Json | null;
  const camel = typeof top === 'object' && top !== null && 'className' in top && !('class_name' in top);
  return rewrite(value, { camel, native }, '');
}

/** Keys that people put into converted files, as TensorFlow.js asks for an input's shape in words of its own. */
const BY_HAND = { batchInputShape: true, batchShape: true, inputShape: true };

/** Names are users' own and stay as they are, also within references (`["dense", 0, 0, {}]`). */
const NAMES = new Set(['name', 'inboundNodes', 'inputLayers', 'outputLayers']);

/** @param key whose value this is, or that of the list around it */
function rewrite(value: unknown, spelling: Spelling, key: string): unknown {
  if (typeof value === 'string') return rewriteText(value, spelling.camel, key);
  if (Array.isArray(value)) return value.map((item) => rewrite(item, spelling, key));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== null || !spelling.native)
    .map(([own, item]) => [spelling.camel || own in BY_HAND ? snakeCase(own) : own, rewrite(item, spelling, own)]);
  return Object.fromEntries(entries);
}

function rewriteText(value: string, camel: boolean, key: string): string {
  if (key === 'class_name' || key === 'className') return value;
  const name = camel && !NAMES.has(key) ? snakeCase(value) : value;
  // TensorFlow.js computes what Keras 2 means by it.
  return name === 'hard_sigmoid' && /activation$/i.test(key) ? 'hard_sigmoid_keras2' : name;
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
