import { loadOnnxruntime, loadSharp } from '@freezeframe/inference';
import { bad, type Finding, fromError, ok } from './finding.ts';

/** Of package.json's `engines`; a test holds the two together. */
export const OLDEST_NODE = [20, 19] as const;

const PLATFORM = `${process.platform}-${process.arch}`;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, of] = OLDEST_NODE;
  if (major > least || (major === least && minor >= of)) return ok('node', `${version} on ${PLATFORM}`);
  return bad('node', 'fail', `${version} on ${PLATFORM} is too old`, `Install Node ${least}.${of} or newer.`);
}

/** Loads what runs models (`engine`) and what reads pictures (`decoder`), as the first answer would. */
export async function checkNatives(
  load: { engine: () => Promise<unknown>; decoder: () => Promise<unknown> } = { engine, decoder },
): Promise<Finding[]> {
  const check = (name: 'engine' | 'decoder') =>
    load[name]().then(
      (what) => ok(name, `${what} loads on ${PLATFORM}`),
      (error) => fromError(name, 'fail', error),
    );
  return [await check('engine'), await check('decoder')];
}

async function engine(): Promise<string> {
  const { InferenceSession } = await loadOnnxruntime();
  // Loading the package is not enough: its binary is first asked here.
  await InferenceSession.create(new Uint8Array()).catch(() => {});
  return 'onnxruntime';
}

async function decoder(): Promise<string> {
  const sharp = await loadSharp();
  await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  return `sharp ${sharp.versions.sharp}`;
}
