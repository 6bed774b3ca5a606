import { badTopology, declaredShape, endpoints, isModel, layerName, layersOf } from './inbound.ts';
import type { LayerConfig, Shape } from './model.ts';

export type ModelConfig = Pick<LayerConfig, 'class_name' | 'config'>;

export interface TopologyInput {
  /** The input layer's name; also the id of its tensor. */
  readonly name: string;
  readonly shape: Shape;
  readonly datatype: string;
}

/** The inputs of a model, in its order. @throws FreezeframeError `bad-topology` for one without a shape */
export function inputsOf(model: ModelConfig): TopologyInput[] {
  return model.class_name === 'Sequential' ? [sequentialInput(model)] : functionalInputs(model);
}

function functionalInputs(model: ModelConfig): TopologyInput[] {
  const layers = new Map(layersOf(model.config, '').map((layer) => [layerName(layer), layer]));
  return endpoints(model.config.input_layers, 'input_layers').map(({ layer: name }) => {
    const layer = layers.get(name);
    const shape = layer && declaredShape(layer);
    if (!layer || !shape) throw badTopology('an input layer with a shape', 'input_layers', name);
    return { name, shape, datatype: datatypeOf(layer) };
  });
}

function sequentialInput(model: ModelConfig): TopologyInput {
  const [first] = layersOf(model.config, '');
  if (!first) throw badTopology('at least one layer', 'the model', []);
  const batch_shape = model.config.build_input_shape ?? buildShape(model);
  const built = declaredShape({ class_name: 'InputLayer', config: { name: 'input', batch_shape } });
  const { shape = built, datatype } = firstInput(first);
  if (!shape) throw badTopology('an input shape (build the model before saving it)', 'the model', undefined);
  const name = first.class_name === 'InputLayer' ? layerName(first) : `${layerName(first)}_input`;
  return { name, shape, datatype };
}

/** What a first layer states of its input, or the first layer of the model that it is. */
function firstInput(layer: LayerConfig): { readonly shape?: Shape | undefined; readonly datatype: string } {
  const shape = declaredShape(layer);
  if (shape || !isModel(layer.class_name)) return { shape, datatype: datatypeOf(layer) };
  if (layer.class_name !== 'Sequential') return functionalInputs(layer)[0] ?? { datatype: 'float32' };
  const [inner] = layersOf(layer.config, layerName(layer));
  return inner ? firstInput(inner) : { datatype: 'float32' };
}

function buildShape(model: ModelConfig): unknown {
  return (model as { build_config?: { input_shape?: unknown } }).build_config?.input_shape;
}

/** Keras 3 writes a dtype as text or as an object around its name. */
function datatypeOf({ config }: LayerConfig): string {
  const { dtype } = config;
  if (typeof dtype === 'string') return dtype;
  const name = (dtype as { config?: { name?: unknown } } | undefined)?.config?.name;
  return typeof name === 'string' ? name : 'float32';
}
