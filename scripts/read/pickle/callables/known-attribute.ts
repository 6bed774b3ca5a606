import { describeValue, isKind, type PickleValue } from '../machine/values.ts';
import type { CallContext } from './callables.ts';

/** The one attribute that is ever asked for: Keras 3 pickles a model as `getattr(Sequential, '_unpickle_model')(file)`. */
export const UNPICKLE_MODEL = '_unpickle_model';

const KERAS_3_MODELS = /^keras\.src\.models\.(sequential\.Sequential|functional\.Functional|model\.Model)$/;

/** `getattr`: its every other use is a way to reach something that is not on the list. */
export function knownAttribute(
  args: readonly PickleValue[],
  { refusals, position }: CallContext,
  name: string,
): PickleValue {
  const [owner, attribute] = args;
  if (args.length === 2 && attribute === UNPICKLE_MODEL && isKind(owner, 'named') && KERAS_3_MODELS.test(owner.name)) {
    return { kind: 'named', name: `${owner.name}.${UNPICKLE_MODEL}` };
  }
  // A refused class is named already, and that is the reason.
  if (isKind(owner, 'refused') && attribute === UNPICKLE_MODEL) return owner;
  const asked = `${name}(${describeValue(owner)}, ${typeof attribute === 'string' ? attribute.slice(0, 100) : describeValue(attribute)})`;
  refusals.add(asked, position);
  return { kind: 'refused', name: asked };
}
