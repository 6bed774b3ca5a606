import { describeValue, isKind, type PickleValue } from '../machine/values.ts';
import type { Callable, CallContext, KnownNames } from './known.ts';

/** The one attribute that is ever asked for: Keras 3 pickles a model as `getattr(Sequential, '_unpickle_model')(file)`. */
export const UNPICKLE_MODEL = '_unpickle_model';

/** Classes whose instances hold what `__getstate__` gave, in the Keras and tf.keras of their times. */
const MODELS = [
  'keras.src.models.sequential.Sequential',
  'keras.src.models.functional.Functional',
  'keras.src.models.model.Model',
  'keras.models.Sequential',
  'keras.models.Model',
  ...['keras', 'keras.src', 'tf_keras.src', 'tensorflow.python.keras'].flatMap((keras) => [
    `${keras}.engine.sequential.Sequential`,
    `${keras}.engine.functional.Functional`,
    `${keras}.engine.training.Model`,
  ]),
];

/** Keras 2.8 to 2.15 pickle a model as this function of its bytes. */
const DESERIALIZE = ['keras', 'keras.src', 'tf_keras.src'].map(
  (keras) => `${keras}.saving.pickle_utils.deserialize_model_from_bytecode`,
);

/** Kept as a name and what it was given: `payload.ts` looks for the bytes in it. */
const kept: Callable = (args, _, type) => ({ kind: 'object', type, args, state: null });

export const kerasCallables: KnownNames = [
  ...MODELS.flatMap(
    (name) =>
      [
        [name, { create: kept }],
        [`${name}.${UNPICKLE_MODEL}`, { call: kept }],
      ] as const,
  ),
  ...DESERIALIZE.map((name) => [name, { call: kept }] as const),
];

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
