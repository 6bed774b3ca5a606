import type { Target } from '../target.ts';

/** One npm package in the inference layer, and the files of it that running needs. */
export interface LayerPackage {
  readonly name: string;
  /** Why it is there at all. */
  readonly why: string;
  /** Matched against the path inside the package, with forward slashes. A pattern that matches nothing is an error. */
  readonly files: readonly RegExp[];
  /** What `require` of it runs: bundled with all that it requires into this one file. */
  readonly script?: string;
  /** Holds binaries of one platform: fetched from the registry where npm did not install it. */
  readonly native?: true;
}

const PACKAGE = /^package\.json$/;
const LICENCE = /^LICENSE(\.md)?$/;
/** For packages whose code is in another one's script. */
const IN_ONE_FILE =
  'It travels in one file with what requires it, which loads in half the time; its name and licence stand here.';

/**
 * All that is in `nodejs/node_modules` of the inference layer beside `@freezeframe/inference` itself. Nothing gets in by
 * following dependencies: onnxruntime-node, for one, declares `adm-zip` and `global-agent` for its install script alone, and
 * carries 255 MB of libraries for machines that are not the target.
 */
export function layerPackages({ platform, arch }: Target): readonly LayerPackage[] {
  const engine = `bin/napi-v6/${platform}/${arch}`.replaceAll('/', '\\/');
  const shared: readonly LayerPackage[] = [
    {
      name: 'onnxruntime-node',
      why: 'The engine. CUDA, TensorRT and WebGPU providers are separate libraries and stay out: Lambda has no GPU.',
      script: 'dist/index.js',
      files: [
        PACKAGE,
        new RegExp(`^${engine}\\/onnxruntime_binding\\.node$`),
        // macOS has the library under two names; the binding asks for the one with the major version only.
        new RegExp(
          `^${engine}\\/(libonnxruntime\\.so\\.1|libonnxruntime\\.1\\.dylib|onnxruntime\\.dll|DirectML\\.dll)$`,
        ),
      ],
    },
    {
      name: 'onnxruntime-common',
      why: `onnxruntime-node's own JavaScript half (Tensor, InferenceSession). ${IN_ONE_FILE}`,
      files: [PACKAGE],
    },
    {
      name: 'sharp',
      why: 'Decodes and resizes pictures. Only the CommonJS half: Lambda finds layers through require.',
      script: 'dist/index.cjs',
      files: [PACKAGE, LICENCE],
    },
    {
      name: '@img/colour',
      why: `sharp's colour parser. ${IN_ONE_FILE}`,
      files: [PACKAGE, LICENCE],
    },
    {
      name: 'detect-libc',
      why: `sharp asks it for glibc or musl to choose its binary. ${IN_ONE_FILE}`,
      files: [PACKAGE, LICENCE],
    },
    {
      name: 'semver',
      why: `sharp compares libvips's version when it loads. ${IN_ONE_FILE}`,
      files: [PACKAGE, LICENCE],
    },
    {
      name: `@img/sharp-${platform}-${arch}`,
      why: "sharp's binding.",
      native: true,
      files:
        platform === 'win32'
          ? [PACKAGE, LICENCE, /^versions\.json$/, /^index\.cjs$/, /^lib\/.+\.(node|dll)$/]
          : [PACKAGE, LICENCE, /^index\.cjs$/, /^lib\/[^/]+\.node$/],
    },
  ];
  // On Windows libvips travels inside sharp's own binary package.
  if (platform === 'win32') return shared;
  return [
    ...shared,
    {
      name: `@img/sharp-libvips-${platform}-${arch}`,
      why: 'libvips and its codecs in one library. README.md is its licence notice (LGPL and others), which must travel along.',
      native: true,
      files: [PACKAGE, /^README\.md$/, /^versions\.json$/, /^lib\/libvips-cpp\.[^/]+$/],
    },
  ];
}
