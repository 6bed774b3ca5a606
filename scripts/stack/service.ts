import { readFileSync } from 'node:fs';
import { expected, FreezeframeError } from '@freezeframe/inference';

/** A clone's, and that of whoever asks from a folder without a project. */
const OURS = 'freezeframe';

/**
 * The service that the serverless.yml of the folder one works in deploys: stacks and keys are named after it.
 * @throws FreezeframeError `settings-refused` where it is not written out: guessed, another service's would be used
 */
export function serviceName(file = 'serverless.yml'): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return OURS;
  }
  const [, quoted, plain] = /^service:[ \t]*(?:(["'].*["'])|([^\s#]+))/m.exec(text) ?? [];
  const name = quoted?.slice(1, -1) ?? plain ?? '';
  if (/^[A-Za-z][\w-]*$/.test(name)) return name;
  throw new FreezeframeError('settings-refused', expected('a name', 'service in serverless.yml', name || 'nothing'), {
    remedy: 'Write it out, as in "service: my-classifier", or name the stack or path by the options of the command.',
  });
}
