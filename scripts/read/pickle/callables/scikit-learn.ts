import type { Callable, KnownNames } from './known.ts';

const instance: Callable = (args, _, type) => ({ kind: 'object', type, args, state: null });

/** The modules are named without an underscore before scikit-learn 0.22. */
const CLASSES = [
  ...['MinMaxScaler', 'StandardScaler', 'MaxAbsScaler', 'RobustScaler'].flatMap((name) => [
    `sklearn.preprocessing._data.${name}`,
    `sklearn.preprocessing.data.${name}`,
  ]),
  ...['LabelEncoder', 'LabelBinarizer'].flatMap((name) => [
    `sklearn.preprocessing._label.${name}`,
    `sklearn.preprocessing.label.${name}`,
  ]),
  'sklearn.preprocessing._encoders.OneHotEncoder',
  'sklearn.preprocessing.data.OneHotEncoder',
];

/** joblib's place holder for an array whose bytes follow it in the stream. */
export const ARRAY_WRAPPER = /^(sklearn\.externals\.)?joblib\.numpy_pickle\.NumpyArrayWrapper$/;

export const scikitLearnCallables: KnownNames = [
  ...CLASSES.map((name) => [name, { create: instance }] as const),
  ...['joblib', 'sklearn.externals.joblib'].map(
    (joblib) => [`${joblib}.numpy_pickle.NumpyArrayWrapper`, { create: instance }] as const,
  ),
];
