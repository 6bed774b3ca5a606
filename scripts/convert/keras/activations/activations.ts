import { memoryAxis, renamed } from '#onnx';
import { type Activation, operator } from './activation.ts';

/** The two constants of https://arxiv.org/abs/1706.02515. */
export const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

/**
 * Every activation function that can be frozen, by Keras 3's definitions. To add one: an entry here, a case in
 * `test/scripts/convert/keras/activations/activations.test.ts`.
 */
export const ACTIVATIONS = [
  { name: 'linear', emit: (_, x) => x },
  { name: 'relu', emit: operator('Relu') },
  { name: 'relu6', emit: (graph, x) => renamed(x, graph.op('Clip', [x.name, graph.float(0), graph.float(6)])) },
  // Keras's function takes 0.2; its LeakyReLU *layer* takes 0.3 and is a layer of its own.
  { name: 'leaky_relu', emit: operator('LeakyRelu', { alpha: { float: 0.2 } }) },
  { name: 'elu', emit: operator('Elu', { alpha: { float: 1 } }) },
  { name: 'selu', emit: operator('Selu', { alpha: { float: SELU.alpha }, gamma: { float: SELU.gamma } }) },
  { name: 'sigmoid', emit: operator('Sigmoid') },
  { name: 'tanh', emit: operator('Tanh') },
  { name: 'softmax', emit: (graph, x) => renamed(x, graph.op('Softmax', [x.name], { axis: memoryAxis(x, -1) })) },
  {
    name: 'log_softmax',
    emit: (graph, x) => renamed(x, graph.op('LogSoftmax', [x.name], { axis: memoryAxis(x, -1) })),
  },
  { name: 'softplus', emit: operator('Softplus') },
  { name: 'softsign', emit: operator('Softsign') },
  { name: 'exponential', emit: operator('Exp') },
  {
    name: 'swish',
    aliases: ['silu'],
    emit: (graph, x) => renamed(x, graph.op('Mul', [x.name, graph.op('Sigmoid', [x.name])])),
  },
  { name: 'gelu', emit: operator('Gelu', { approximate: 'none' }) },
  { name: 'mish', emit: operator('Mish') },
  { name: 'hard_sigmoid', emit: operator('HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }) },
  // Keras 2 meant another function by `hard_sigmoid`: whoever reads a Keras 2 file writes this name into the config.
  { name: 'hard_sigmoid_keras2', emit: operator('HardSigmoid', { alpha: { float: 0.2 }, beta: { float: 0.5 } }) },
  { name: 'hard_silu', aliases: ['hard_swish'], emit: operator('HardSwish') },
] as const satisfies readonly Activation[];
