import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { type Plugin, transform } from 'esbuild';

/** Where files of other packages lie that are loaded by their address. */
export const VENDOR = 'vendor';

const WORKER = /new URL\('(\.[^']+)\.ts', import\.meta\.url\)/g;

/**
 * Source files find what is beside them by `import.meta.url`. Bundled they share chunks in another folder, so each keeps the
 * address that it has in the project: the package is laid out the same way, and knows itself by its name.
 * @param root of the project @param packageName what the output can import itself by
 */
export function ownUrls(root: string, packageName: string): Plugin {
  return {
    name: 'own-urls',
    setup(build) {
      // Compiled code needs no TypeScript loader.
      build.onResolve({ filter: /^tsx\/esm\/api$/ }, ({ path }) => ({ path, namespace: 'no-loader' }));
      build.onLoad({ filter: /.*/, namespace: 'no-loader' }, () => ({ contents: 'export const register = () => {};' }));
      build.onLoad({ filter: /\.(ts|js)$/ }, async ({ path }) => {
        const file = relative(root, path).split(sep).join('/');
        if (!/^(scripts|functions|layers)\//.test(file)) return undefined;
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.')) return undefined;
        return { contents: await withOwnUrl(text, file, packageName), loader: 'js' };
      });
    },
  };
}

/** A source file as JavaScript, with the address that it has in the package. */
async function withOwnUrl(text: string, file: string, packageName: string): Promise<string> {
  const home = `import.meta.resolve('${packageName}/package.json')`;
  const source = text
    .replaceAll(WORKER, (_, path: string) => `new URL('${path}.js', import.meta.url)`)
    .replaceAll("import.meta.resolve('h5wasm')", `new URL('${VENDOR}/', ${home})`);
  const { code } = await transform(source, {
    loader: file.endsWith('.ts') ? 'ts' : 'js',
    format: 'esm',
    target: 'node20',
    define: { 'import.meta.url': 'ownUrl' },
  });
  return `const ownUrl = new URL(${JSON.stringify(file.replace(/\.ts$/, '.js'))}, ${home}).href;\n${code}`;
}
