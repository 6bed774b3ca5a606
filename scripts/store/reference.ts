import { expected, FreezeframeError, MODEL_NAME_RULE, modelName } from '@freezeframe/inference';

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

function isName(word: unknown): word is string {
  return modelName.safeParse(word).success;
}

/** Answers a model's name as it is, or throws `name-not-valid`. */
export function checkName(name: string): string {
  if (isName(name)) return name;
  throw new FreezeframeError('name-not-valid', expected(MODEL_NAME_RULE, 'the name of a model', name), {
    remedy: suggestion(name),
    details: { name: String(name).slice(0, 80) },
  });
}

/** Answers a tag as it is, or throws `tag-not-valid`: numbers, digests and `latest` mean something else already. */
export function checkTag(tag: string): string {
  if (tag === 'latest') {
    throw new FreezeframeError('tag-not-valid', 'The tag "latest" moves by itself, to the newest version', {
      remedy: 'Use another tag, such as production or staging.',
      details: { tag },
    });
  }
  if (isName(tag) && !/^[0-9]+$/.test(tag) && !DIGEST.test(tag)) return tag;
  throw new FreezeframeError(
    'tag-not-valid',
    expected(`${MODEL_NAME_RULE}, and neither a number nor a digest`, 'a tag', tag),
    {
      remedy: 'Use a word such as production or staging.',
      details: { tag: String(tag).slice(0, 80) },
    },
  );
}

function suggestion(name: unknown): string {
  const tamed = String(name)
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replaceAll(/^-+|-+$/g, '');
  return isName(tamed) ? `Call it ${tamed}, for example.` : 'Call it garden-gnomes, for example.';
}
