import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { zipTree } from '../../scripts/bundle/files/zip.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVERLESS = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}
export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  DependsOn?: string | string[];
  UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties are as varied as AWS.
  Properties: Record<string, any>;
}
export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

/** A service folder with the project's own configuration; what is in `build/` is the caller's. */
export async function makeService(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['serverless.yml', 'resources', 'package.json']) {
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

/** Zips that hold a word each: enough to be packaged, too little to run. */
async function makeEmptyBuild(folder: string, architecture: string): Promise<void> {
  const units = ['functions/http', 'functions/uploads', 'functions/classify', 'layers/inference', 'layers/model'];
  for (const unit of units) {
    const file = join(folder, 'build', `${unit}.zip`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await zipTree(new Map([['index.mjs', Buffer.from(unit)]])));
  }
  await writeFile(join(folder, 'build', 'bundle.json'), JSON.stringify({ platform: 'linux', architecture }));
}

/** Nobody's account. */
export const NO_ACCOUNT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
} as const;

/** Runs the framework. @throws what it said, where it fails. */
export async function serverless(
  folder: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    SLS_NOTIFICATIONS_MODE: 'off',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...environment,
  };
  const run = promisify(execFile)(process.execPath, [SERVERLESS, ...words], { cwd: folder, env, maxBuffer: 1 << 26 });
  const { stdout, stderr } = await run.catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error });
  });
  return `${stdout}${stderr}`;
}

export interface Packaged {
  template: Template;
  /** Name -> content of what was written. */
  files: Record<string, string>;
}

/** What `serverless package` makes of the project, without an account. @param parameters as in `--param=name=value`. */
export async function packageStack(
  parameters: readonly string[] = [],
  { architecture = 'x86_64', epoch = 1_700_000_000, service = makeService } = {},
): Promise<Packaged> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-package-'));
  try {
    await service(folder);
    await makeEmptyBuild(folder, architecture);
    const words = ['package', ...parameters.map((parameter) => `--param=${parameter}`)];
    await serverless(folder, words, { SOURCE_DATE_EPOCH: String(epoch) });
    const files: Record<string, string> = {};
    for (const name of ['create-stack', 'update-stack'].map((one) => `cloudformation-template-${one}.json`)) {
      files[name] = await readFile(join(folder, '.serverless', name), 'utf8');
    }
    files['serverless-state.json'] = await readFile(join(folder, '.serverless', 'serverless-state.json'), 'utf8');
    return { template: JSON.parse(files['cloudformation-template-update-stack.json'] as string), files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
