import { type Command, Option } from 'commander';
import type { NumbersWanted } from '#quantize';

/** What `--precision` and `--weights` give. */
export interface NumbersFlags {
  readonly precision: 'float32' | 'int8' | 'auto';
  readonly weights: 'float32' | 'int8';
}

export const WEIGHTS = new Option(
  '--weights <how>',
  'what weights of floats are stored in: float32, or int8 (a quarter)',
)
  .choices(['float32', 'int8'])
  .default('float32');

/** Of commands that have pictures of their own. */
export function takesNumbers(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--precision <how>',
        'what it computes in: float32, int8 (fails where it does not hold), auto (int8 where that holds and is faster)',
      )
        .choices(['float32', 'int8', 'auto'])
        .default('float32'),
    )
    .addOption(WEIGHTS);
}

/** Nothing where all is float32. */
export function numbersOf({ precision, weights }: NumbersFlags): { numbers?: NumbersWanted } {
  if (precision === 'float32' && weights === 'float32') return {};
  return {
    numbers: {
      ...(precision === 'float32' ? {} : { precision }),
      ...(weights === 'float32' ? {} : { weights }),
    },
  };
}
