import { expected, FreezeframeError, MODEL_NAME_RULE, modelName } from '@freezeframe/inference';

/** What a reference takes for a digest; see reference.ts. */
const DIGEST_LIKE = /^[0-9a-f]{7,64}$/;

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
  if (isName(tag) && !/^[0-9]+$/.test(tag) && !DIGEST_LIKE.test(tag)) return tag;
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
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replaceAll(/^-+|-+$/g, '');
  return isName(tamed) ? `Call it ${tamed}, for example.` : 'Call it garden-gnomes, for example.';
}
