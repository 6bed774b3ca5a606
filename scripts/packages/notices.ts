import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Manifest, readManifest } from './manifest.ts';

/** Licences that let what they cover be bundled into a package under Apache-2.0, with their text. */
const TAKEN = [
  '(MIT AND Zlib)',
  '(MIT OR Apache-2.0)',
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BlueOak-1.0.0',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  '(Apache-2.0 AND BSD-3-Clause)',
];

/** The licence of what names none in its `package.json`, as it was read in its LICENSE file. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  // HDF5 in WebAssembly: the statement of its maker, NIST, and HDF5's own licence.
  'exif-parser': 'MIT',
  h5wasm: 'NIST-PD AND BSD-3-Clause-LBNL',
};

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

interface Bundled {
  readonly manifest: Manifest;
  readonly licence: string;
  readonly text: string;
}

/**
 * THIRD-PARTY-NOTICES.md: every package of others whose code was bundled, with its licence's text.
 * @param inputs the files that a bundle was made of, absolute
 * @throws Error where one has a licence that nobody has looked at
 */
export async function thirdPartyNotices(root: string, inputs: readonly string[]): Promise<Uint8Array> {
  const folders = [
    ...new Set(inputs.map((file) => packageFolder(root, file)).filter((folder) => folder !== undefined)),
  ];
  const bundled = new Map<string, Bundled>();
  for (const folder of folders.sort()) {
    const found = await lookAt(folder);
    bundled.set(`${found.manifest.name} ${found.manifest.version}`, found);
  }
  const sections = [...bundled]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { licence, text }]) => {
      return `## ${name}\n\n${licence}\n\n${text}`.trimEnd();
    });
  const head = `# Software of others in this package\n\nBundled by esbuild; ${sections.length} packages.`;
  return new TextEncoder().encode(`${[head, ...sections].join('\n\n')}\n`);
}

/** The innermost package that a file belongs to; undefined for files of the project. */
function packageFolder(root: string, file: string): string | undefined {
  const path = relative(root, file).split(sep).join('/');
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return folder === undefined ? undefined : join(root, folder);
}

async function lookAt(folder: string): Promise<Bundled> {
  const manifest = await readManifest(folder);
  const licence = READ_BY_HAND[manifest.name] ?? spdx(manifest.license ?? manifest.licenses);
  if (!TAKEN.includes(licence) && !Object.hasOwn(READ_BY_HAND, manifest.name)) {
    throw new Error(`${manifest.name} has the licence ${licence}: look whether it may be bundled`);
  }
  const files = (await readdir(folder)).filter((name) => LICENCE_FILE.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  if (texts.length === 0) return { manifest, licence, text: `By ${maker(manifest)} (no licence file in the package)` };
  return { manifest, licence, text: texts.map((text) => fenced(text.trim())).join('\n\n') };
}

/** Who is to be named where no file does it. */
function maker({ author, repository, name }: Manifest): string {
  const person = typeof author === 'string' ? author : (author as { name?: string } | undefined)?.name;
  const place = typeof repository === 'string' ? repository : (repository as { url?: string } | undefined)?.url;
  return [person ?? `the makers of ${name}`, place].filter(Boolean).join(', ');
}

function spdx(licence: unknown): string {
  if (Array.isArray(licence)) return spdx(licence[0]);
  return typeof licence === 'string' ? licence : String((licence as { type?: string } | undefined)?.type);
}

function fenced(text: string): string {
  return `\`\`\`\`text\n${text.replaceAll(/\r\n/g, '\n')}\n\`\`\`\``;
}
