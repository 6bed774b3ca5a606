import { expect, it } from 'vitest';
import { reasonOf } from '../../../../scripts/bench/serve/reason.ts';

const NPM = `npm error code ECONNREFUSED
npm error FetchError: request to http://registry/left-pad failed, reason: connect ECONNREFUSED
npm error     at ClientRequest.<anonymous> (/node_modules/npm/fetch.js:130:14)
npm error
npm error A complete log of this run can be found in: /home/you/.npm/_logs/debug-0.log
`;

it.each([
  ['its error, of npm', NPM, 'FetchError: request to http://registry/left-pad failed, reason: connect ECONNREFUSED'],
  [
    'its last line, of pip',
    'WARNING: Retrying\nERROR: No matching distribution found\n',
    'ERROR: No matching distribution found',
  ],
  [
    'its error, of Python',
    'Traceback:\n  File "a.py"\nModuleNotFoundError: No module named x\n',
    'ModuleNotFoundError: No module named x',
  ],
  ['what npm says before its log', 'npm ERR! EACCES\nnpm ERR! A complete log of this run is here', 'EACCES'],
  ['the message of what said nothing', '', 'spawn python3 ENOENT | and more'],
])('a subject is left out by %s', (_, stderr, reason) => {
  expect(reasonOf(Object.assign(new Error('spawn python3 ENOENT\nand more'), { stderr }))).toBe(reason);
});
