import * as inference from '@freezeframe/inference';
import type { Plugin } from 'esbuild';

/** What the inference layer provides; a function must never carry a second copy of it. */
const LAYER_PROVIDES = /^(@freezeframe\/inference|sharp|onnxruntime-node)$/;

const NAMESPACE = 'layer';

/**
 * `require` for ES module output, in front of every file. Lambda sets NODE_PATH to the layers' folders, and only `require`
 * honours NODE_PATH: an `import` of a layer's package fails in a deployed ES module.
 */
export const REQUIRE_BANNER =
  "import { createRequire as layerRequire } from 'node:module';const require = layerRequire(import.meta.url);";

const OURS = '@freezeframe/inference';

const requiring = (path: string) => `require(${JSON.stringify(path)})`;

/** An ES module: of a CommonJS one each file that imports it copies all of its names, 6 ms of a start. */
function withNames(path: string, names: readonly string[]): string {
  return `export const { ${names.join(', ')} } = ${requiring(path)};`;
}

/** Turns imports of the layer's packages into `require` calls that happen when the function starts. */
export function layerExternals(): Plugin {
  return {
    name: 'layer-externals',
    setup(build) {
      build.onResolve({ filter: LAYER_PROVIDES }, ({ path, namespace }) =>
        namespace === NAMESPACE ? { path, external: true } : { path, namespace: NAMESPACE },
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: path === OURS ? withNames(path, Object.keys(inference)) : `module.exports = ${requiring(path)};`,
        loader: 'js',
      }));
    },
  };
}
