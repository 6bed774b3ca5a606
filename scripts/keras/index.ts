export { KERAS_LAYERS } from './class-names.ts';
export { type ConfigLayer, configLayers } from './config-layers.ts';
export {
  type Argument,
  badTopology,
  beyondLimit,
  isModel,
  type LayerCall,
  layerName,
  layersOf,
  TensorArgument,
} from './inbound.ts';
export { withLostOperands } from './lost-operands.ts';
export type { KerasModel, LayerConfig, Shape, Tensor, WeightSpec } from './model.ts';
export { withTodaysNames } from './old-configs.ts';
export { isPlainName, MAX_NAME_LENGTH } from './plain-name.ts';
export { modeOf, type Quantization, quantizationOf, withoutRounding } from './quantization.ts';
export { groupNames } from './saved-groups.ts';
export {
  outputId,
  readTopology,
  type TensorId,
  type Topology,
  type TopologyInput,
  type TopologyNode,
} from './topology.ts';
export { asWritten, type Writer } from './written-by.ts';
