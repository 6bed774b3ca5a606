import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import { keyRecord } from '#functions';
import { defaultStore } from '#store';
import { inTurn, replaceFile } from '#system';
import type { KeyStore } from './keys.ts';

/** Keys of the gateway on this machine. */
export function localKeyFile(): string {
  return join(defaultStore(), 'keys.json');
}

/** Keys in a JSON file, for `freezeframe dev --auth key`. @throws FreezeframeError `keys-unreadable`. */
export function keyFile(file: string): KeyStore {
  const list = async () => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    try {
      return z.array(keyRecord()).parse(JSON.parse(text));
    } catch (cause) {
      throw new FreezeframeError('keys-unreadable', `${file} is not a list of keys.`, {
        cause,
        remedy: 'Remove it and create the keys again.',
      });
    }
  };
  return {
    place: file,
    list,
    // One after the other: a key that somebody creates meanwhile would be lost, and one that is revoked would open again.
    put: (record) =>
      inTurn(join(dirname(file), `.${basename(file)}.locks`), 'keys', async () => {
        const others = (await list()).filter(({ id }) => id !== record.id);
        await replaceFile(file, JSON.stringify([...others, record], null, 2), { mode: 0o600 });
      }),
  };
}
