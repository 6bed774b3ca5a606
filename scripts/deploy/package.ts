import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { runServerless, type StackOptions, sentences } from '#stack';
import type { Template } from './costs.ts';

/**
 * The template that would be deployed. Asks no account, and leaves nothing behind.
 * @throws FreezeframeError `deploy-failed`.
 */
export async function packageTemplate(options: StackOptions): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-package-'));
  try {
    const { code, stdout, stderr } = await runServerless(['package', '--package', folder], options);
    if (code !== 0) {
      throw new FreezeframeError('deploy-failed', `The stack cannot be packaged: ${sentences(`${stderr}\n${stdout}`)}`);
    }
    return JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8')) as Template;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
