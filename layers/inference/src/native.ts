import type Sharp from 'sharp';
import { type ErrorCode, FreezeframeError } from './errors.ts';

// Both natives are imported when first needed, not when this package is: a broken binary then fails one call with an
// error that says what to do, instead of the whole process at start; and a script that only reads manifests stays light.

type Onnxruntime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>;

let onnxruntime: Promise<Onnxruntime> | undefined;
let sharp: Promise<typeof Sharp> | undefined;

/** onnxruntime, loaded once. @throws FreezeframeError `engine-unavailable`; the next call tries again. */
export function loadOnnxruntime(): Promise<Onnxruntime> {
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

/** libvips's loaders of the formats that are accepted; all others (SVG, PDF, vips's own, CSV…) are switched off. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];

function configure(module: typeof Sharp): typeof Sharp {
  module.block({ operation: ['VipsForeignLoad'] });
  module.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}`) });
  // `concurrency` stays as sharp chooses it: shrinking a 12 MP JPEG took 20 ms with one thread and with two.
  // The same picture is hardly ever asked for twice; a cache would only hold memory.
  module.cache(false);
  return module;
}
