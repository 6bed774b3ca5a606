import { FreezeframeError } from '@freezeframe/inference';
import { type Architecture, type BuildState, inspectBuild, LAMBDA_ARCHITECTURE } from '#bundle';
import { findServerless, readSettings, type StackOptions, type StackSettings } from '#stack';
import { type ModelStore, openStore } from '#store';
import { formatBytes } from '#terminal';
import { bad, type Finding, fromError, ok } from './finding.ts';

/** Can the models be read, and is there one to serve? */
export async function checkStore(open: () => ModelStore = openStore): Promise<Finding> {
  try {
    const store = open();
    const { models, damaged } = await store.list();
    const [first] = damaged;
    if (first) {
      const says = `${damaged.length} damaged in ${store.location}: ${first.name}`;
      return bad('store', 'warn', says, 'See what is wrong with: freezeframe models list');
    }
    const production = models.filter(({ tags }) => tags.includes('production')).map(({ name }) => name);
    if (production.length > 0) return ok('store', `${store.location}: ${production.join(', ')}`);
    return bad(
      'store',
      'warn',
      `${store.location} has no model to serve`,
      models.length > 0
        ? 'Say which one: freezeframe models tag NAME@VERSION production'
        : 'Make one (freezeframe train FOLDER --name NAME) or bring one (freezeframe import FILE).',
    );
  } catch (error) {
    return fromError('store', 'fail', error);
  }
}

/** The framework, and what serverless.yml comes to. @param missing what it means that one cannot deploy from here. */
export async function checkSettings(
  options: StackOptions,
  missing: 'warn' | 'fail',
): Promise<{ findings: Finding[]; settings?: StackSettings }> {
  let version: string;
  try {
    ({ version } = await findServerless(options.folder));
  } catch (error) {
    return { findings: [fromError('serverless', missing, error)] };
  }
  const framework = ok('serverless', `the framework is there, ${version}`);
  try {
    const settings = await readSettings(options);
    const { stack, architecture, access } = settings;
    return { findings: [framework, ok('settings', `${stack} on ${architecture}, access: ${access}`)], settings };
  } catch (error) {
    return { findings: [framework, fromError('settings', 'fail', error)] };
  }
}

/** The processor in the words of the bundle. */
export function archOf(architecture: string): Architecture {
  return architecture === LAMBDA_ARCHITECTURE.arm64 ? 'arm64' : 'x64';
}

/** Is what lies in build/ what would be made now, for the processor that the settings name? */
export async function checkBundle(
  outDir: string,
  architecture: string,
  inspect: typeof inspectBuild = inspectBuild,
): Promise<Finding> {
  const arch = archOf(architecture);
  try {
    return describeBundle(await inspect({ arch, outDir }), architecture);
  } catch (error) {
    return fromError(
      'bundle',
      error instanceof FreezeframeError && error.code === 'no-models' ? 'warn' : 'fail',
      error,
    );
  }
}

function describeBundle({ built, changed }: BuildState, architecture: string): Finding {
  const remedy = `freezeframe deploy makes it anew; or: freezeframe bundle --arch ${archOf(architecture)}`;
  if (!built) return bad('bundle', 'warn', 'nothing has been bundled yet, or it was ended half-way', remedy);
  const made = `${built.platform}-${built.architecture}`;
  if (made !== `linux-${architecture}`) {
    return bad('bundle', 'warn', `made for ${made}, the functions are linux-${architecture}`, remedy);
  }
  const size = `${formatBytes(built.total.unzipped)} of ${formatBytes(built.limit)}`;
  const what = `${built.models.join(', ')}, ${size}`;
  if (changed.length === 0) return ok('bundle', `${what}, nothing has changed since`);
  return bad('bundle', 'warn', `${what}; changed since: ${changed.join(', ')}`, remedy);
}
