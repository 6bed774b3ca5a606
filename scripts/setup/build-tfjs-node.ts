import { spawn } from 'node:child_process';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { makeFolder } from '#system';

/**
 * The wheel whose libraries are taken. They are the same for every Python: one is named, whichever runs here. What
 * tfjs-node would download itself has no digest, and lies in a bucket that many networks block.
 */
const WHEEL = {
  version: '2.21.0',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  tags: [
    ...['--platform', 'manylinux_2_27_x86_64', '--python-version', '3.11'],
    ...['--implementation', 'cp', '--abi', 'cp311', '--only-binary', ':all:'],
  ],
};

/** The names under which tfjs-node and the loader look for the libraries of the wheel. */
const LINKS = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
};
const LIBRARIES = [...new Set(Object.values(LINKS))];

/** What has to be on the machine, and the Debian package that has it. */
const PROGRAMS = { python3: 'python3', make: 'make', 'g++': 'g++' };

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  say(line: string): void;
}

/**
 * Builds the unmodified `@tensorflow/tfjs-node` against the libraries of PyPI's `tensorflow-cpu`.
 * @param folder of the package
 * @throws FreezeframeError `backend-unavailable`; the package is then as it was
 */
export async function buildTfjsNode(folder: string, { env, say }: BuildOptions): Promise<void> {
  checkPlatform(process.platform, process.arch);
  await checkPrograms(env);
  // In the package's own folder, so that what weighs 850 MB is moved, not copied.
  const scratch = await mkdtemp(join(folder, 'setup-'));
  const deps = join(folder, 'deps');
  try {
    say(`Fetching tensorflow-cpu ${WHEEL.version} from PyPI (260 MB) ...`);
    const tensorflow = await fetchTensorflow(scratch, env);
    const staged = join(scratch, 'deps');
    await makeFolder(join(staged, 'lib'));
    await rename(join(tensorflow, 'include'), join(staged, 'include'));
    for (const library of LIBRARIES) await rename(join(tensorflow, library), join(staged, 'lib', library));
    for (const [link, library] of Object.entries(LINKS)) await symlink(library, join(staged, 'lib', link));
    await rm(deps, { recursive: true, force: true });
    await rename(staged, deps);
    say('Compiling tfjs-node against it ...');
    const gyp = createRequire(join(folder, 'package.json')).resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp');
    await run(process.execPath, [gyp, 'install', '--build-from-source'], { cwd: folder, env }).catch(async (error) => {
      await rm(deps, { recursive: true, force: true });
      throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @throws FreezeframeError `backend-unavailable` where PyPI has no such wheel */
export function checkPlatform(platform: string, arch: string): void {
  if (platform === 'linux' && arch === 'x64') return;
  throw new FreezeframeError(
    'backend-unavailable',
    `Expected Linux on x64 for the libraries of tensorflow-cpu but received ${platform} on ${arch}`,
    {
      remedy:
        'Let tfjs-node download its own: npm rebuild @tensorflow/tfjs-node --ignore-scripts=false. Or leave --backend out.',
    },
  );
}

async function checkPrograms(env: NodeJS.ProcessEnv): Promise<void> {
  const missing: string[] = [];
  for (const [program, debian] of Object.entries(PROGRAMS)) {
    await run(program, ['--version'], { env }).catch(() => missing.push(debian));
  }
  if (missing.length === 0) return;
  const names = missing.join(' ');
  throw new FreezeframeError('backend-unavailable', `Building tfjs-node takes ${names}, which cannot be started`, {
    remedy: `Install it first, on Debian and Ubuntu with: apt-get install ${names}`,
  });
}

/** By pip, which knows this machine's mirrors, proxies and certificates, and checks the digest. */
async function fetchTensorflow(scratch: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [venv, site, wanted] = ['venv', 'site', 'wanted.txt'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(wanted, `tensorflow-cpu==${WHEEL.version} --hash=sha256:${WHEEL.sha256}\n`);
  await run('python3', ['-m', 'venv', venv], { env }).catch((cause) => {
    throw new FreezeframeError('backend-unavailable', `python3 makes no environment with pip: ${cause.message}`, {
      cause,
      remedy: 'On Debian and Ubuntu: apt-get install python3-venv',
    });
  });
  const options = ['--quiet', '--no-deps', '--no-compile', '--no-cache-dir', '--require-hashes', ...WHEEL.tags];
  await run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', ...options, '--target', site, '-r', wanted], { env });
  return join(site, 'tensorflow');
}

/** @throws FreezeframeError `backend-unavailable` with the last lines that the program printed */
function run(
  program: string,
  words: readonly string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const keep = (chunk: Buffer) => {
      printed = (printed + chunk).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const failed = (why: string) =>
      reject(new FreezeframeError('backend-unavailable', `${program} ${words[0]} ${why}`));
    child.once('error', (error) => failed(error.message));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else failed(`ended with ${code}:\n${printed.trim().split('\n').slice(-8).join('\n')}`);
    });
  });
}
