import { FreezeframeError } from '@freezeframe/inference';
import type * as z from 'zod';
import { beyondLimit, isModel, type LayerCall, type LayerConfig, modeOf, type Writer } from '#keras';
import type { LayerDefinition, ResolvedLayer } from '../keras/layer.ts';
import { findLayer, LAYERS } from '../keras/layers/index.ts';
import { findOperator, whyRefused } from '../keras/operators/index.ts';
import { bindCall } from './bind-call.ts';
import { modelAsLayer } from './model-as-layer.ts';

export type { ResolvedLayer } from '../keras/layer.ts';

/** What a topology says of one call of one layer. */
export interface LayerToResolve {
  readonly path: string;
  readonly layer: LayerConfig;
  readonly call?: LayerCall;
}

interface UnsupportedLayer {
  readonly layer: string;
  readonly className: string;
  readonly position: number;
  readonly reason: string;
}

/** What a class name is followed by where no layer can be known from its config. */
const UNKNOWABLE: Record<string, string> = {
  Lambda: 'a Lambda holds Python code, which is not run: put a layer that does the same in its place',
  TensorFlowOpLayer: 'a graph operator of TensorFlow 2.0 to 2.3: save the model with TensorFlow 2.4 or later',
};

/** `TimeDistributed(TimeDistributed(Bidirectional(RNN(StackedRNNCells(...)))))` is five deep. */
const MAX_INNER_DEPTH = 8;
/** Layers inside layers: a Bidirectional makes two of one, so that they double with each level. */
const MAX_INNER = 20_000;

/**
 * Finds the definition of every layer and reads its options and what it is called with, in the order given.
 * @param writer which Keras wrote them, as their file says; what is made here is of today's
 * @throws FreezeframeError `unsupported-layer` once, naming *all* layers that are not known or whose options cannot be
 * read, so that nobody has to find them one by one.
 */
export function resolveLayers(layers: readonly LayerToResolve[], writer: Writer = 'keras-3.4'): ResolvedLayer[] {
  const problems: UnsupportedLayer[] = [];
  const around = { writer, depth: 0, count: 0 };
  const resolved = layers.map((entry, position) => resolve(entry, position, problems, around));
  if (problems.length > 0) {
    const supported = LAYERS.map((definition) => definition.className);
    const list = problems.map((p) => `"${p.layer}" (${p.className}, layer ${p.position + 1}): ${p.reason}`);
    const count = `${new Set(problems.map((p) => p.position)).size} of ${layers.length} layers`;
    throw new FreezeframeError('unsupported-layer', `${count} cannot be frozen:\n  ${list.join('\n  ')}`, {
      details: { unsupported: problems, supported },
      remedy: `Supported are ${supported.join(', ')}. To add a layer: its definition in scripts/convert/keras/layers/ (a new file is listed in scripts/convert/keras/layers/index.ts), its rule in scripts/reference/evaluator/kinds/, a case in test/scripts/convert/keras/layers/cases.ts.`,
    });
  }
  return resolved as ResolvedLayer[];
}

/** Which Keras wrote the model, how deep within other layers the one is that is looked at, and how many such were seen. */
interface Around {
  readonly writer: Writer;
  depth: number;
  count: number;
}

function resolve(
  entry: LayerToResolve,
  position: number,
  problems: UnsupportedLayer[],
  around: Around,
): ResolvedLayer | undefined {
  const { path, layer, call } = entry;
  const problem = (reason: string) => {
    problems.push({ layer: path, className: layer.class_name, position, reason });
    return undefined;
  };
  const definition = definitionOf(layer);
  const mode = modeOf(layer.config.dtype);
  if (mode !== undefined && !definition?.quantizes) return problem(`its weights are quantized (${mode})`);
  if (!definition) return problem(UNKNOWABLE[layer.class_name] ?? whyRefused(layer) ?? 'this class is not known');
  const parsed = definition.config.safeParse(layer.config);
  if (!parsed.success) return problem(flat(parsed.error));
  const bound = bindCall(definition, call, isKeras2(layer) && answersOtherwise(layer));
  if (typeof bound === 'string') return problem(bound);
  const read = definition.ofItsTime ? { ...(parsed.data as object), writer: around.writer } : parsed.data;
  const own = definition.signature ? { ...(read as object), call: bound } : read;
  if (!definition.inner) return { definition, config: own };
  if (++around.depth > MAX_INNER_DEPTH) throw beyondLimit(MAX_INNER_DEPTH, 'levels of layers inside layers', path);
  const inner = resolveInner(definition.inner(own), path, position, problems, around);
  around.depth--;
  return inner && { definition, config: { ...(own as object), inner } };
}

/**
 * Keras 2 runs a layer as its call says. Keras 3 hands the model's `training` to every layer whose `call` knows the word,
 * whatever the call in the model says (`operation_fn` in `keras/src/models/functional.py`): `predict` makes it False.
 */
function isKeras2({ inbound_nodes: nodes }: LayerConfig): boolean {
  return !Array.isArray(nodes) || nodes.length === 0 || Array.isArray(nodes[0]);
}

/** Whether training changes what a layer answers, or a layer in it. */
function answersOtherwise(layer: unknown): boolean {
  const { class_name, config } = (layer ?? {}) as Partial<LayerConfig>;
  if (typeof class_name !== 'string' || config === null || typeof config !== 'object') return false;
  if (findLayer(class_name)?.actsInTraining) return true;
  if (['dropout', 'recurrent_dropout'].some((rate) => typeof config[rate] === 'number' && config[rate] > 0))
    return true;
  return ['layer', 'backward_layer', 'cell', 'cells', 'layers']
    .flatMap((key) => config[key] ?? [])
    .some(answersOtherwise);
}

/** Layers inside a layer; those that cannot be are named below it. */
function resolveInner(
  layers: Readonly<Record<string, LayerConfig>>,
  path: string,
  position: number,
  problems: UnsupportedLayer[],
  around: Around,
): Record<string, ResolvedLayer> | undefined {
  const entries = Object.entries(layers).map(([name, layer]) => {
    if (++around.count > MAX_INNER) throw beyondLimit(MAX_INNER, 'layers inside layers', 'the model');
    const below = `${path}/${name}`;
    if (!isModel(layer.class_name)) return [name, resolve({ path: below, layer }, position, problems, around)] as const;
    const model = modelAsLayer(layer, (nodes) => {
      const found = nodes.map((node) =>
        resolve({ ...node, path: `${below}/${node.path}` }, position, problems, around),
      );
      return found.every((one) => one !== undefined) ? found : undefined;
    });
    return [name, model] as const;
  });
  return entries.every(([, one]) => one !== undefined)
    ? (Object.fromEntries(entries) as Record<string, ResolvedLayer>)
    : undefined;
}

/**
 * What writes this entry of a config, or `undefined` where nothing does.
 * An operator of Keras 3 and a layer may share a class name (`Add`, `Dot`, `Softmax`): the module tells them apart.
 */
export function definitionOf(layer: LayerConfig): LayerDefinition | undefined {
  if (isCustom(layer)) return undefined;
  return findOperator(layer) ?? (isOperation(layer) ? undefined : findLayer(layer.class_name));
}

/** Somebody's own class, even if it is named as one of Keras's: Keras 3 writes its module and its registered name. */
function isCustom({ module, registered_name }: LayerConfig): boolean {
  if (typeof registered_name === 'string' && /^(?!keras>).+>/i.test(registered_name)) return true;
  return typeof module === 'string' && !/^(builtins|(tf_)?keras|tensorflow)(\.|$)/.test(module);
}

function isOperation({ module }: LayerConfig): boolean {
  return typeof module === 'string' && /^keras(\.src)?\.(ops|backend)\b/.test(module);
}

function flat(error: z.ZodError): string {
  return error.issues.map((issue) => `option ${issue.path.join('.') || 'config'}: ${issue.message}`).join('; ');
}
