import type { KerasModel, Shape } from '../../freeze/keras-model.ts';
import type { WeightSpec } from '../../freeze/layer.ts';
import { resolveLayers } from '../../freeze/resolve-layers.ts';
import { readTopology } from '../../freeze/topology.ts';

/**
 * The weights that every layer which is needed for the outputs wants, by the layer's path.
 * @throws FreezeframeError `bad-topology`, `unsupported-layer`
 */
export function layerWeights(config: KerasModel['config']): Map<string, readonly WeightSpec[]> {
  const { inputs, nodes } = readTopology(config);
  const resolved = resolveLayers(nodes);
  const shapes = new Map<string, Shape>(inputs.map(({ name, shape }) => [name, shape]));
  const wanted = new Map<string, readonly WeightSpec[]>();
  nodes.forEach((node, i) => {
    const { definition, config: options } = resolved[i] as (typeof resolved)[number];
    const from = node.inputs.map((id) => shapes.get(id) as Shape);
    shapes.set(node.output, definition.outputShape(options, from));
    if (!wanted.has(node.path)) wanted.set(node.path, definition.weights?.(options, from) ?? []);
  });
  return wanted;
}
