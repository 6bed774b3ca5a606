import { expect, it } from 'vitest';
import { checkFile } from '../../../scripts/plan/check-file.ts';

it.each(['/nowhere/at/all', import.meta.dirname, `${import.meta.filename}/below`])('%s is no file', async (path) => {
  await expect(checkFile(path, '--measured')).rejects.toMatchObject({ code: 'not-found' });
});
