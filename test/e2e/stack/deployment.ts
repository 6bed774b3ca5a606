import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { bundle } from '../../../scripts/bundle/bundle.ts';
import { zipTree } from '../../../scripts/bundle/files/zip.ts';
import type { ModelStore } from '../../../scripts/store/model-store.ts';
import { openStore } from '../../../scripts/store/places.ts';
import { type Cloud, openCloud } from '../../aws/cloud.ts';
import { makeService, serverless } from '../../aws/package-stack.ts';

/** Tells what a function is given: the SHA-256 of a request's body. */
const PROBE = `
import { createHash } from 'node:crypto';
export const handler = async ({ body, isBase64Encoded }) => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return { statusCode: 200, body: createHash('sha256').update(bytes).digest('hex') };
};
`;

/** A function of the test's own behind the same API; HTTP, packaging and permissions are those of the stack. */
const PROBE_FUNCTION = `
  probe:
    handler: index.handler
    package:
      artifact: build/probe.zip
    role: HttpRole
    events:
      - httpApi: POST /probe
`;

/**
 * A local AWS enforces policies, with two differences: it has no TLS, without which ours refuse everything, and it knows no
 * resource of ssm:GetParametersByPath. Tests of the template hold what is taken out here.
 */
export const LOCAL_POLICIES = `
module.exports = class {
  constructor(serverless) {
    const drop = () => {
      for (const { Properties } of Object.values(serverless.service.provider.compiledCloudFormationTemplate.Resources)) {
        const { PolicyDocument: document, Policies = [] } = Properties ?? {};
        if (document) document.Statement = document.Statement.filter(({ Condition }) => !Condition?.Bool);
        for (const statement of Policies.flatMap((policy) => policy.PolicyDocument?.Statement ?? [])) {
          if (statement.Action === 'ssm:GetParametersByPath') statement.Resource = '*';
        }
      }
    };
    this.hooks = { 'after:aws:package:finalize:mergeCustomProviderResources': drop };
  }
};
`;

export interface Deployment {
  readonly cloud: Cloud;
  readonly store: ModelStore;
  /** Of serverless.yml. */
  readonly folder: string;
  /** `npx serverless ...` in the service's folder, for the stage. */
  serverless(...words: string[]): Promise<string>;
  /** Puts the store's production models into the layer, and the functions as they are now. */
  bundle(): Promise<void>;
  /** Puts the function of the test's own beside them, which \`freezeframe bundle\` does not know. */
  probe(): Promise<void>;
  outputs(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * The project in a folder of its own, with a store of its own, before anything is deployed.
 * @param lease seconds that an event in doubt is waited for, in place of the stack's.
 */
export async function prepareDeployment({ lease }: { lease?: number } = {}): Promise<Deployment> {
  const work = await mkdtemp(join(tmpdir(), 'freezeframe-stack-'));
  const cloud = await openCloud();
  const service = join(work, 'service');
  const buildDir = join(service, 'build');
  const store = openStore(join(work, 'store'));
  await makeService(service);
  const configuration = join(service, 'serverless.yml');
  const text = await readFile(configuration, 'utf8');
  const waiting = lease === undefined ? text : text.replaceAll(`\${self:custom.settings.lease}`, String(lease));
  const changed = waiting.replace(/^functions:\n/m, (line) => line + PROBE_FUNCTION);
  await writeFile(join(service, 'local-policies.cjs'), LOCAL_POLICIES);
  const plugins = cloud.local ? 'plugins:\n  - ./local-policies.cjs\n' : 'plugins:\n';
  await writeFile(configuration, changed.replace(/^plugins:\n/m, plugins));
  const probe = async () => {
    await mkdir(buildDir, { recursive: true });
    await writeFile(join(buildDir, 'probe.zip'), await zipTree(new Map([['index.mjs', Buffer.from(PROBE)]])));
  };
  // The SDK, the framework and freezeframe's own commands all ask the same.
  Object.assign(process.env, cloud.environment);
  return {
    cloud,
    store,
    folder: service,
    serverless: (...words) => serverless(service, [...words, '--stage', cloud.stage], cloud.environment),
    bundle: async () => {
      await bundle({ platform: 'linux', arch: 'x64', store, outDir: buildDir, cacheDir: join(work, 'cache') });
      await probe();
    },
    probe,
    outputs: async () => {
      const asked = new DescribeStacksCommand({ StackName: `freezeframe-${cloud.stage}` });
      const { Stacks } = await new CloudFormationClient({}).send(asked);
      return Object.fromEntries(
        (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      );
    },
    close: async () => {
      await cloud.close();
      await rm(work, { recursive: true, force: true });
    },
  };
}

/** Asks until there is an answer. @throws after `patience` milliseconds. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, patience = 60_000): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
