import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { build, type Plugin } from 'esbuild';
import { BASE_OPTIONS } from '../esbuild-options.ts';
import { sourceFiles } from '../functions.ts';
import type { LayerPackage } from './layer-packages.ts';

/**
 * One script with all that it requires, but for natives. sharp's fifty files take 48 ms of the processor to load, this one 30:
 * each is looked for, read and compiled by itself otherwise.
 * @param folder where the package is installed.
 * @param packages what the layer names: code of another one would come without its licence.
 * @param inputs gets the files that it is made of.
 * @throws FreezeframeError `layer-list-outdated` where it needs a package that is not named.
 */
export async function bundleScript(
  { name, script }: { readonly name: string; readonly script: string },
  folder: string,
  packages: readonly LayerPackage[],
  inputs: string[],
): Promise<Map<string, Uint8Array>> {
  const out = resolve(folder, 'out');
  const result = await build({
    ...BASE_OPTIONS,
    absWorkingDir: folder,
    entryPoints: [join(folder, script)],
    outfile: join(out, script),
    format: 'cjs',
    // No class of these is asked for its name.
    keepNames: false,
    external: ['*.node'],
    plugins: [natives()],
    banner: { js: AT_RUN },
  });
  const files = sourceFiles(folder, result.metafile);
  const strange = files.map(packageOf).find((needed) => packages.every((each) => each.name !== needed));
  if (strange !== undefined) {
    throw new FreezeframeError(
      'layer-list-outdated',
      `${name} needs the package ${strange}, which the layer does not name.`,
      {
        remedy: 'Name it, with its licence, in scripts/bundle/layers/layer-packages.ts.',
        details: { package: name, needed: strange },
      },
    );
  }
  inputs.push(...files);
  return new Map(result.outputFiles.map(({ path, contents }) => [relative(out, path).split(sep).join('/'), contents]));
}

const REQUIRE = 'requireAtRun';

/** sharp first looks for a build of its own, in two places: it is in no layer, and not to find it takes 3 ms. */
const AT_RUN = `const ${REQUIRE} = (path) => {
  if (path.startsWith("../src/build/")) throw Object.assign(new Error(path), { code: "MODULE_NOT_FOUND" });
  return require(path);
};`;

/** esbuild takes a template for all files that match it. Here it names a binary, which is known when it runs. */
function natives(): Plugin {
  return {
    name: 'natives',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.c?js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: text.replaceAll('require(`', `${REQUIRE}(\``), loader: 'js' };
      });
    },
  };
}

function packageOf(file: string): string {
  const [path = ''] = file.split(sep).join('/').split('/node_modules/').slice(-1);
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}
