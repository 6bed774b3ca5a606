import { readFileSync } from 'node:fs';
import { FreezeframeError, nativeError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import {
  describeConcurrency,
  describeRegion,
  describeStack,
  describeStorage,
} from '../../../scripts/doctor/account.ts';
import { checkNatives, checkNode, OLDEST_NODE } from '../../../scripts/doctor/machine.ts';
import { checkBundle, checkStore } from '../../../scripts/doctor/project.ts';
import { findingsText } from '../../../scripts/doctor/text.ts';
import type { StackSettings } from '../../../scripts/stack/settings.ts';

const PROD = { stack: 'mine-prod', stage: 'prod', region: 'eu-west-1' };

const settings = (some: Partial<StackSettings>) => ({ reserved: 0, uploadsAtOnce: 0, ...some }) as StackSettings;

describe('the machine', () => {
  it('knows the oldest Node by the same number as package.json', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${OLDEST_NODE.join('.')}`);
  });

  it.each([
    ['18.20.4', 'fail'],
    ['20.18.3', 'fail'],
    ['20.19.0', 'ok'],
    ['22.3.0', 'ok'],
    ['24.0.0', 'ok'],
  ])('Node %s is %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  it('loads the natives that are here', async () => {
    expect((await checkNatives()).map(({ name, state }) => [name, state])).toEqual([
      ['engine', 'ok'],
      ['decoder', 'ok'],
    ]);
  });

  it('says which native does not load, and what to do', async () => {
    const broken = await checkNatives({
      engine: async () => {
        throw nativeError('engine-unavailable', 'onnxruntime-node', new Error('wrong ELF class'));
      },
      decoder: async () => 'sharp',
    });
    expect(broken).toMatchObject(
      [{ name: 'engine', state: 'fail', remedy: /npm ci on/ }, { state: 'ok' }].map((one) =>
        'remedy' in one ? { ...one, remedy: expect.stringMatching(one.remedy as RegExp) } : one,
      ),
    );
  });
});

describe('the project', () => {
  it.each([
    [[], [], 'warn', /freezeframe train/],
    [[{ name: 'a', tags: ['latest'] }], [], 'warn', /models tag/],
    [[{ name: 'a', tags: ['production'] }], [], 'ok', undefined],
    [[{ name: 'a', tags: ['production'] }], [{ name: 'b' }], 'warn', /models list/],
  ])('a store with %j and damaged %j is %s', async (models, damaged, state, remedy) => {
    const found = await checkStore(() => ({ location: 'there', list: async () => ({ models, damaged }) }) as never);
    expect(found.state).toBe(state);
    if (remedy) expect(found.remedy).toMatch(remedy);
  });

  it('does not hide a store that cannot be read', async () => {
    const unreadable = () => {
      throw new FreezeframeError('system-refused', 'no right', { remedy: 'Get it.' });
    };
    expect(await checkStore(unreadable)).toEqual({ name: 'store', state: 'fail', says: 'no right', remedy: 'Get it.' });
    await expect(
      checkStore(() => {
        throw new TypeError('a bug');
      }),
    ).rejects.toThrow('a bug');
  });

  const built = {
    platform: 'linux',
    architecture: 'x86_64',
    models: ['a@1'],
    units: [],
    total: { name: '', zipped: 1, unzipped: 1000 },
    limit: 2000,
  } as const;
  it.each([
    ['x86_64', { built, changed: [] }, 'ok', /a@1, 1.0 kB of 2.0 kB, nothing/],
    ['x86_64', { built, changed: ['layers/model'] }, 'warn', /changed since: layers\/model/],
    ['arm64', { built, changed: ['layers/inference'] }, 'warn', /made for linux-x86_64, the functions are linux-arm64/],
    ['x86_64', { built: { ...built, platform: 'darwin' as const }, changed: [] }, 'warn', /made for darwin-x86_64/],
    ['x86_64', { built: undefined, changed: ['layers/model'] }, 'warn', /nothing has been bundled/],
  ])('a bundle for %s that is %j is %s', async (architecture, state, expected, says) => {
    const found = await checkBundle('build', architecture, async () => state);
    expect([found.state, found.says]).toEqual([expected, expect.stringMatching(says)]);
  });
});

describe('the account', () => {
  it.each([
    [1000, {}, 'ok'],
    [10, {}, 'warn'],
    [10, { uploadsAtOnce: 50 }, 'warn'],
    [40, { uploadsAtOnce: 50 }, 'warn'],
    [10, { reserved: 1 }, 'fail'],
    [1000, { reserved: 900 }, 'ok'],
    [1000, { reserved: 901 }, 'fail'],
  ])('%i environments at once with %j are %s', (limit, some, state) => {
    expect(describeConcurrency(limit, settings(some)).state).toBe(state);
  });

  it.each([
    [0, 100, 10, 'ok'],
    [81, 100, 10, 'warn'],
    [95, 100, 10, 'fail'],
  ])('%i of %i bytes of code and %i more are %s', (used, limit, adds, state) => {
    expect(describeStorage(used, limit, adds).state).toBe(state);
  });

  it.each([
    [undefined, 'ok'],
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_ROLLBACK_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'fail'],
    ['ROLLBACK_COMPLETE', 'fail'],
    ['UPDATE_ROLLBACK_FAILED', 'fail'],
  ])('a stack that is %s is %s', (status, state) => {
    expect(describeStack(PROD, status).state).toBe(state);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'npx serverless remove --stage prod --region eu-west-1'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name mine-prod --region eu-west-1'],
  ])('says of a stack that is %s what to type, for that very stack', (status, command) => {
    expect(describeStack(PROD, status).remedy).toContain(command);
  });

  it.each([
    ['eu-west-1', 'eu-west-1', 'ok'],
    ['us-east-1', undefined, 'warn'],
    ['us-east-1', 'eu-west-1', 'fail'],
  ])('the region %s where others say %s is %s', (region, others, state) => {
    expect(describeRegion(region, others, 'fail').state).toBe(state);
  });
});

it('prints a line for each finding, and what to do below it', () => {
  const text = findingsText([
    { name: 'node', state: 'ok', says: '20' },
    { name: 'engine', state: 'fail', says: 'broken', remedy: 'Mend it.' },
  ]);
  expect(text).toBe('ok    node    20\nfail  engine  broken\n      -> Mend it.\n1 to mend, 0 to know of.');
});
