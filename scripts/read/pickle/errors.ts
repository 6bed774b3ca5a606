import { ImportError } from '#guards';

/** The bytes break the rules of pickles. `position` is where. */
export function damaged(what: string, position: number): ImportError {
  return new ImportError('file-damaged', `The pickle is damaged at byte ${position}: ${what}`, {
    details: { position },
    remedy: 'Copy the file again, in binary mode, or save it again in Python.',
  });
}

export function tooMuch(what: string, limit: number, received: number | bigint, position?: number): ImportError {
  const where = position === undefined ? '' : ` at byte ${position}`;
  return new ImportError(
    'limit-exceeded',
    `Expected at most ${limit} for ${what} of the pickle but received ${received}${where}`,
    { details: { what, limit, received: Number(received), ...(position === undefined ? {} : { position }) } },
  );
}
