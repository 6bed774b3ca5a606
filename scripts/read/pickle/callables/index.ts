import { kerasCallables } from './keras.ts';
import type { Known } from './known.ts';
import { numpyCallables } from './numpy.ts';
import { pythonCallables } from './python.ts';
import { scikitLearnCallables } from './scikit-learn.ts';

/** The whole list. A name that is on it but has neither `call` nor `create` can be named, not used (`numpy.float64`). */
export const KNOWN: ReadonlyMap<string, Known> = new Map([
  ...pythonCallables,
  ...numpyCallables,
  ...kerasCallables,
  ...scikitLearnCallables,
]);
