import { join } from 'node:path';
import defaults from '../../../resources/defaults.json' with { type: 'json' };
import ofAllFunctions from '../../../resources/environment.json' with { type: 'json' };

/** Where a function's files are, and how it is to be run. */
export interface FunctionSettings {
  readonly name: string;
  /** Folder with `index.mjs`. */
  readonly folder: string;
  /** The inference layer's `nodejs/node_modules`. */
  readonly layerModules: string;
  readonly modelsDir: string;
  /** What the stack would set for this function. */
  readonly environment: Readonly<Record<string, string>>;
  /** MB; a function sees it in its environment and context, nothing enforces it. */
  readonly memory: number;
}

/** The function `name` of what `freezeframe bundle` has made, with the memory that the stack gives it. */
export function builtFunction(
  buildDir: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): FunctionSettings {
  return {
    name,
    folder: join(buildDir, 'functions', name),
    layerModules: join(buildDir, 'layers', 'inference', 'nodejs', 'node_modules'),
    modelsDir: join(buildDir, 'layers', 'model', 'models'),
    environment,
    memory: defaults.memory,
  };
}

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

/** What a program needs to run at all on any system. Everything else of the developer's stays out, credentials above all. */
const INHERITED = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SYSTEMROOT', 'windir', 'LD_LIBRARY_PATH'];

export function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

/**
 * The environment variables that a function has on Lambda (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html),
 * with credentials that open nothing.
 */
export function childEnvironment(settings: FunctionSettings, runtimeApi: string): Record<string, string> {
  const { name, folder, layerModules, modelsDir, environment, memory } = settings;
  const inherited = INHERITED.flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    ...ofAllFunctions,
    ...environment,
    _HANDLER: 'index.handler',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: REGION,
    // Lambda runs Node 22; the warning that the SDK will need it one day says nothing about what is deployed.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    LAMBDA_TASK_ROOT: folder,
    LANG: 'en_US.UTF-8',
    MODELS_DIR: modelsDir,
    NODE_PATH: layerModules,
    TZ: ':UTC',
  };
}
