import { FreezeframeError } from '@freezeframe/inference';
import { definitionOf, LAYERS } from '#convert';
import { ImportError } from '#guards';
import { type ConfigLayer, isModel, KERAS_LAYERS, type KerasModel, type LayerConfig, readTopology } from '#keras';
import { foreignParts, isForeign, LAMBDA } from './foreign.ts';

interface UnsupportedLayer {
  readonly layer: string;
  readonly className: string;
  /** Counted from 0, models inside models opened. */
  readonly position: number;
  readonly reason: string;
  readonly custom: boolean;
  /** What to do where neither is: save the model in another form. */
  readonly operator?: true;
}

/** Layers that hold others, and where. */
const INNER = ['layer', 'backward_layer', 'cell', 'cells'];
const RUNS = 'a Lambda runs Python code';
const REMEDY =
  'Their Python code is not in the file. Rebuild the model from Keras layers that do the same (a Lambda that scales is a Rescaling layer), load the weights into it and save it again.';

/**
 * Refuses layers that cannot be known (custom, Lambda, subclassed models) and layers of Keras that are not written yet.
 * @throws ImportError `custom-object` or `unsupported-layer` once, naming all of them
 */
export function refuseUnknownLayers(config: KerasModel['config'], layers: () => readonly ConfigLayer[]): void {
  if (!isModel(config.class_name) || isForeign(config)) {
    const name = typeof config.config.name === 'string' ? ` ("${config.config.name}")` : '';
    const problem = {
      layer: String(config.config.name ?? ''),
      className: config.class_name,
      position: 0,
      custom: true,
    };
    throw new ImportError(
      'custom-object',
      `The model${name} is of the class ${config.class_name}, whose Python code is not in the file.`,
      {
        details: { unsupported: [{ ...problem, reason: 'a subclassed model' }] },
        remedy: 'Rebuild it as a Sequential or functional model, load the weights into that and save it again.',
      },
    );
  }
  const isNeeded = neededBy(config);
  const all = layers();
  const found = all.flatMap(({ path, layer }, position) => (isNeeded(path) ? problemsOf(layer, path, position) : []));
  const foreign = foreignParts(config.config).flatMap(({ path: part, className }) => {
    const position = all.findIndex(({ path }) => isWithin(path, part) || isWithin(part, path));
    const needed = all.some(({ path }) => (isWithin(path, part) || isWithin(part, path)) && isNeeded(path));
    if (!needed || found.some(({ layer }) => layer === part)) return [];
    return [{ layer: part, className, position, reason: className === LAMBDA ? RUNS : 'a custom class', custom: true }];
  });
  const problems = [...found, ...foreign].sort((a, b) => a.position - b.position);
  if (problems.length === 0) return;
  const list = problems.map((p) => `"${p.layer}" (${p.className}, layer ${p.position + 1}): ${p.reason}`);
  const custom = problems.some((problem) => problem.custom);
  const supported = LAYERS.map((definition) => definition.className);
  throw new ImportError(
    custom ? 'custom-object' : 'unsupported-layer',
    `${problems.length} of the model's layers cannot be imported:\n  ${list.join('\n  ')}`,
    {
      details: { unsupported: problems, supported },
      remedy: remedyOf(problems, supported),
    },
  );
}

const OPERATOR_REMEDY =
  'Keras cannot load such a file either: save the model as .keras where it was made (model.save("model.keras")), and import that.';

function remedyOf(problems: readonly UnsupportedLayer[], supported: readonly string[]): string {
  const operators = problems.some(({ operator }) => operator);
  const custom = problems.some((problem) => problem.custom);
  if (!operators && !custom) return `Supported are ${supported.join(', ')}.`;
  return [operators && OPERATOR_REMEDY, custom && REMEDY].filter(Boolean).join('\n  ');
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}

/** What runs for an answer: `add_loss` leaves layers in a model that are computed with for its loss alone. */
function neededBy(config: KerasModel['config']): (path: string) => boolean {
  try {
    const unneeded = new Set(readTopology(config).unneeded.map(({ path }) => path));
    return (path) => !unneeded.has(path);
  } catch (error) {
    // What is wrong with the topology is said when the layers are planned.
    if (error instanceof FreezeframeError) return () => true;
    throw error;
  }
}

function problemsOf(layer: LayerConfig, path: string, position: number): UnsupportedLayer[] {
  const problem = (reason: string, custom: boolean) => [
    { layer: path, className: layer.class_name, position, reason, custom },
  ];
  if (layer.class_name === 'Lambda') return problem(RUNS, true);
  if (isBareOperator(layer)) {
    const reason = 'an operator, of which a .h5 file of Keras 3 does not tell what it does';
    return [{ layer: path, className: layer.class_name, position, reason, custom: false, operator: true }];
  }
  if (isForeign(layer)) return problem('a custom layer', true);
  if (!isModel(layer.class_name) && !definitionOf(layer)) {
    return isOfKeras(layer) ? problem(notYet(layer.class_name), false) : problem('a custom layer', true);
  }
  return INNER.flatMap((key) => layer.config[key] ?? []).flatMap((inner) => {
    const { class_name, config } = (inner ?? {}) as Partial<LayerConfig>;
    if (typeof class_name !== 'string' || config === null || typeof config !== 'object') return [];
    // Cells are parts of their layer's definition.
    if (/Cells?$/.test(class_name) && KERAS_LAYERS.has(class_name)) return [];
    const name = typeof config.name === 'string' ? config.name : class_name;
    return problemsOf(inner as LayerConfig, `${path}/${name}`, position);
  });
}

/** Operators that do what the layers of their names do with the same tensors. */
const AS_LAYERS = new Set(['Add', 'Concatenate', 'Maximum', 'Minimum', 'Multiply', 'Softmax', 'Subtract']);

/**
 * Keras 3 writes operators into .h5 without their modules, so that they look like layers of the same names: `1 - x` as a
 * Subtract of `x`. They are told by what all its layers have.
 */
function isBareOperator({ class_name, module, config, inbound_nodes }: LayerConfig): boolean {
  if (module !== undefined || 'dtype' in config || 'trainable' in config || isModel(class_name)) return false;
  const calls = Array.isArray(inbound_nodes) ? inbound_nodes.filter((node) => !Array.isArray(node)) : [];
  if (calls.length === 0) return false;
  return !AS_LAYERS.has(class_name) || !calls.every(isOfTensors);
}

function isOfTensors({ args, kwargs }: { args?: unknown; kwargs?: object | null }): boolean {
  return Object.keys(kwargs ?? {}).length === 0 && [args].flat(2).every(isTensor);
}

function isTensor(value: unknown): boolean {
  return (value as { class_name?: unknown } | null)?.class_name === '__keras_tensor__';
}

function isOfKeras({ class_name, module }: LayerConfig): boolean {
  return KERAS_LAYERS.has(class_name) || (typeof module === 'string' && module.startsWith('keras.src.ops'));
}

/** Layers that take text, or hash what they take. */
const OF_TEXT = new Set(['StringLookup', 'TextVectorization', 'Hashing', 'HashedCrossing']);

function notYet(className: string): string {
  if (!OF_TEXT.has(className)) return 'this layer of Keras is not supported';
  return 'this layer turns text into numbers; do that before, and import keras.Model(layer.output, model.output)';
}
