import { isMainThread } from 'node:worker_threads';
import type Sharp from 'sharp';
import { type ErrorCode, FreezeframeError } from './errors.ts';

/** onnxruntime reads this from the process's own environment when it is loaded, and reports to its maker without it. */
const OPT_OUT = 'ORT_DISABLE_TELEMETRY';

// Set when this package is loaded, not when onnxruntime is: a thread copies the environment as it is when it starts.
if (isMainThread) process.env[OPT_OUT] = '1';

// Both natives are imported when first needed, not when this package is: a broken binary then fails one call with an
// error that says what to do, instead of the whole process at start; and a script that only reads manifests stays light.

type Onnxruntime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>;

let onnxruntime: Promise<Onnxruntime> | undefined;
let sharp: Promise<typeof Sharp> | undefined;

/**
 * onnxruntime, loaded once, without its telemetry.
 * @throws FreezeframeError `engine-unavailable`, the next call tries again; `telemetry-on` in a thread that was started
 *   without the opt-out: what a thread writes to `process.env` is a copy that onnxruntime does not see
 */
export async function loadOnnxruntime(): Promise<Onnxruntime> {
  if (process.env[OPT_OUT] !== '1') {
    throw new FreezeframeError('telemetry-on', `onnxruntime would report to its maker: ${OPT_OUT} is not 1`, {
      remedy: `Set ${OPT_OUT}=1 for the whole process, or load @freezeframe/inference in the main thread before threads start.`,
    });
  }
  onnxruntime ??= import('onnxruntime-node').then(
    // A CommonJS package: which names Node finds without `default` depends on its bundler.
    (module) => module.default ?? module,
    (cause) => {
      onnxruntime = undefined;
      throw nativeError('engine-unavailable', 'onnxruntime-node', cause);
    },
  );
  return onnxruntime;
}

/** sharp with our loaders alone, loaded once. @throws FreezeframeError `decoder-unavailable`; the next call tries again. */
export function loadSharp(): Promise<typeof Sharp> {
  sharp ??= import('sharp').then(
    (module) => configure(module.default),
    (cause) => {
      sharp = undefined;
      throw nativeError('decoder-unavailable', 'sharp', cause);
    },
  );
  return sharp;
}

/** @param cause what the import threw; the paths in it stay out of the message. */
export function nativeError(code: ErrorCode, name: string, cause: unknown): FreezeframeError {
  const platform = `${process.platform}-${process.arch}`;
  return new FreezeframeError(code, `The native binary of ${name} for ${platform} could not be loaded`, {
    cause,
    details: { package: name, platform },
    remedy:
      `Run npm ci on ${platform} (with optional dependencies, glibc 2.28 or newer on Linux); ` +
      `in Lambda, bundle the layer for the function's architecture: freezeframe bundle --arch ${process.arch}.`,
  });
}

/**
 * libvips's loaders of all that is no accepted format: switched off one by one. The switches are the process's. To switch all
 * off and some on again, as each thread loads sharp, refused pictures that another thread was decoding.
 */
const OTHER_LOADERS = [
  ...[
    'Analyze',
    'Csv',
    'DcRaw',
    'Exr',
    'Fits',
    'Jp2k',
    'Jxl',
    'Magick',
    'Magick7',
    'Mat',
    'Matrix',
    'Nifti',
    'Openexr',
  ],
  ...['Openslide', 'Pdf', 'Ppm', 'Rad', 'Raw', 'Svg', 'Uhdr', 'Vips'],
];

function configure(module: typeof Sharp): typeof Sharp {
  module.block({ operation: OTHER_LOADERS.map((name) => `VipsForeignLoad${name}`) });
  // `concurrency` stays as sharp chooses it: shrinking a 12 MP JPEG took 20 ms with one thread and with two.
  // The same picture is hardly ever asked for twice; a cache would only hold memory.
  module.cache(false);
  return module;
}
