import { expected, FreezeframeError } from '@freezeframe/inference';
import { checkName, checkTag } from './names.ts';

/** Which version of a name is meant. A word of digits is a number first; `sha256:` before it makes it a digest. */
export type Wanted =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'digest'; readonly prefix: string };

export interface Reference {
  readonly name: string;
  readonly wanted: Wanted;
}

/** Shorter than this, a digest is too easily a word: `decade` and `facade` are hex. */
const DIGEST = /^(?:sha256:[0-9a-f]{4,64}|[0-9a-f]{7,64})$/;

/** Reads `NAME`, `NAME@3`, `NAME@latest`, `NAME@TAG` or `NAME@DIGEST`. Throws `reference-not-valid` or `name-not-valid`. */
export function parseReference(text: string): Reference {
  const at = text.indexOf('@');
  if (at === -1) return { name: checkName(text), wanted: { kind: 'tag', tag: 'production' } };
  const name = checkName(text.slice(0, at));
  return { name, wanted: parseWanted(text.slice(at + 1), text) };
}

function parseWanted(word: string, text: string): Wanted {
  // As in the manifest's schema: nine digits at most.
  if (/^[1-9][0-9]{0,8}$/.test(word)) return { kind: 'version', version: word };
  if (word === 'latest') return { kind: 'tag', tag: word };
  if (DIGEST.test(word)) return { kind: 'digest', prefix: word.replace('sha256:', '') };
  try {
    return { kind: 'tag', tag: checkTag(word) };
  } catch (cause) {
    throw new FreezeframeError(
      'reference-not-valid',
      expected('NAME, NAME@3, NAME@latest, NAME@TAG or NAME@DIGEST', 'a model', text),
      { remedy: 'See what there is with: freezeframe models list', details: { reference: text.slice(0, 160) }, cause },
    );
  }
}

/** The reference in words, as a person would type it. */
export function formatReference({ name, wanted }: Reference): string {
  if (wanted.kind === 'version') return `${name}@${wanted.version}`;
  if (wanted.kind === 'digest') return `${name}@sha256:${wanted.prefix}`;
  return wanted.tag === 'production' ? name : `${name}@${wanted.tag}`;
}
