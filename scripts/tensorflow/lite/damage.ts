import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';

/** @throws ImportError `file-hostile` */
export function checkedName(text: string): string {
  if (!/\p{Cc}/u.test(text)) return text;
  throw new ImportError('file-hostile', expected('a name without control characters', 'a tensor or operator', text));
}

export function damaged(what: string, where: string, received: unknown): ImportError {
  return new ImportError('file-damaged', expected(what, where, received), {
    remedy: 'Fetch or export the file again.',
  });
}
