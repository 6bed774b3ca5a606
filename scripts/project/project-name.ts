import { basename, resolve } from 'node:path';

/** Names of functions, `SERVICE-STAGE-FUNCTION`, may have 64 characters. */
const MOST = 32;

/** What a project in this folder is called: small letters, digits and hyphens, as npm and AWS both take it. */
export function projectName(folder: string): string {
  const plain = basename(resolve(folder))
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9]+/g, '-');
  const name = (/^[a-z]/.test(plain) ? plain : `classifier-${plain}`).slice(0, MOST);
  return name.replaceAll(/^-+|-+$/g, '').replaceAll(/-{2,}/g, '-');
}
