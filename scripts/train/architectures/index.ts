import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Architecture } from './architecture.ts';
import { bestCnn } from './best-cnn.ts';
import { largeCnn } from './large-cnn.ts';
import { mlp } from './mlp.ts';
import { quickCnn } from './quick-cnn.ts';
import { smallCnn } from './small-cnn.ts';

export type { Architecture, ArchitectureInput } from './architecture.ts';

/** Every architecture that `freezeframe train` offers. To add one: a file here and a line in this list. */
export const ARCHITECTURES: readonly Architecture[] = [largeCnn, quickCnn, bestCnn, smallCnn, mlp];

/** @throws FreezeframeError `used-wrongly` for a name that is not in the list */
export function findArchitecture(name: string): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.name === name);
  if (found) return found;
  const names = ARCHITECTURES.map((architecture) => architecture.name).join(', ');
  throw new FreezeframeError('used-wrongly', expected(`one of ${names}`, '--architecture', name));
}

/** What a data set is trained with unless asked otherwise. */
export function defaultArchitecture(data: 'pictures' | 'table', shape: readonly number[]): Architecture {
  if (data === 'table') return mlp;
  const [height = 0, , channels] = shape;
  // large-cnn flattens its last convolution: right for small grey pictures, wasteful for anything larger.
  return channels === 1 && height <= 32 ? largeCnn : smallCnn;
}
