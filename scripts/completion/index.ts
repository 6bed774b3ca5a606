import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import type { Place } from './places.ts';
import { zshCompletion } from './zsh.ts';

export { placesOf } from './places.ts';

/** By the name of the shell: the script that makes it complete our commands. */
export const COMPLETIONS = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
} satisfies Record<string, (places: readonly Place[]) => string>;
