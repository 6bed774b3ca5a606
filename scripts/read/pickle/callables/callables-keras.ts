import type { Callable, KnownNames } from './callables.ts';
import { UNPICKLE_MODEL } from './known-attribute.ts';

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
