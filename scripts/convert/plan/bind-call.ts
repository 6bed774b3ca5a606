import { expected } from '@freezeframe/inference';
import { type Argument, type LayerCall, TensorArgument } from '#keras';
import type { BoundCall, LayerDefinition } from '../keras/layer.ts';

/** What Keras hands to any layer and what changes nothing in a frozen model. */
const IGNORED = ['name', 'training', 'mask'];

/**
 * The arguments of a call by the names of the layer's signature. `a|b` in a signature is one parameter under either
 * name, `*a` all the arguments from there on. A layer without a signature is given its tensors and nothing else.
 * @param actsInTraining the layer, or one in it, answers otherwise when it is called with `training=True`
 * @returns a text that says what is wrong, where an argument would change the answer and is not known
 */
export function bindCall(
  definition: LayerDefinition,
  call: LayerCall | undefined,
  actsInTraining: boolean,
): BoundCall | string {
  const { args, kwargs } = call ?? { args: [], kwargs: {} };
  if (kwargs.training === true && actsInTraining) {
    return 'it is called with training=True, so that it answers otherwise each time';
  }
  const parameters = (definition.signature ?? ['inputs']).map((names) => names.split('|'));
  const bound: Record<string, Argument> = {};
  const unknown: string[] = [];
  const refuse = (where: string, value: Argument) => {
    // Tensors that a layer does not expect are among its inputs, and it counts those itself.
    if (value !== null && value !== false && (definition.signature || !holdsTensor(value))) unknown.push(where);
  };
  args.forEach((value, i) => {
    const [name] = parameters.slice(0, i + 1).find(([first]) => first?.startsWith('*')) ?? parameters[i] ?? [];
    if (name?.startsWith('*'))
      bound[name.slice(1)] = [...((bound[name.slice(1)] as Argument[] | undefined) ?? []), value];
    else if (parameters[i]) bound[name as string] = value;
    else refuse(`argument ${i + 1}`, value);
  });
  for (const [key, value] of Object.entries(kwargs)) {
    const name = parameters.find((names) => names.includes(key))?.[0];
    if (name !== undefined) bound[name] = value;
    else if (!IGNORED.includes(key)) refuse(key, value);
  }
  if (unknown.length > 0) return expected('known arguments', 'its call', unknown.join(', '));
  return Object.fromEntries(Object.entries(bound).filter(([, value]) => value !== null));
}

function holdsTensor(argument: Argument): boolean {
  if (argument instanceof TensorArgument) return true;
  return argument !== null && typeof argument === 'object' && Object.values(argument).some(holdsTensor);
}
