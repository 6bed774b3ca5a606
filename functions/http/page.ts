import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { cacheable } from './responses/cacheable.ts';
import { type Route, route } from './route.ts';

export interface Page {
  readonly html: string;
  /** Content-Security-Policy under which exactly this page works: its own script and style, and requests to its origin. */
  readonly policy: string;
}

const STYLE_LINKS = /(?:[ \t]*<link rel="stylesheet" href="[^"]+">\n?)+/;
const SCRIPT_LINK = /<script type="module" src="([^"]+)"><\/script>/;
const PICTURE = /(<img src=")([^"]+\.jpg)"/g;

/** Puts the files of `page/` together into one document that loads nothing else. */
export function assemblePage(read: (name: string) => string | Buffer = readBeside): Page {
  const index = String(read('index.html'));
  const [styleLinks] = STYLE_LINKS.exec(index) ?? [];
  const [scriptLink, main] = SCRIPT_LINK.exec(index) ?? [];
  if (!styleLinks || !scriptLink || !main) throw new Error('index.html has no stylesheet, or no script');
  const style = [...styleLinks.matchAll(/href="([^"]+)"/g)].map(([, name = '']) => String(read(name))).join('\n');
  const script = flatten(main, read);
  // Functions as replacements: `$&` in the script is not to be read as a pattern.
  const html = index
    .replace(styleLinks, () => `<style>${style}</style>\n`)
    .replace(scriptLink, () => `<script type="module">${script}</script>`)
    .replace(PICTURE, (_, before, name) => `${before}data:image/jpeg;base64,${read(name).toString('base64')}"`);
  const policy = [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    `script-src '${hash(script)}'`,
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

const IMPORTS = /^import \{[^}]*\} from '(\.{1,2}\/[\w./-]+)';\n/gm;

/**
 * A module and those that it imports as one, each behind what it needs. Names of different modules must differ, which a browser
 * that reads the result checks; nothing but `import { } from './file.js'` and `export` before a declaration is understood.
 */
function flatten(main: string, read: (name: string) => string | Buffer): string {
  const texts = new Map<string, string>();
  const visit = (file: string) => {
    if (texts.has(file)) return;
    const text = String(read(file));
    texts.set(file, ''); // a circle ends here
    for (const [, name = ''] of text.matchAll(IMPORTS)) visit(posix.join(posix.dirname(file), name));
    texts.delete(file);
    const plain = text.replaceAll(IMPORTS, '').replaceAll(/^export (?=const |async |function )/gm, '');
    if (/^(import|export)\b/m.test(plain)) throw new Error(`${file} has an import or export that is not understood`);
    texts.set(file, plain);
  };
  visit(main);
  return [...texts.values()].join('\n');
}

let assembled: Page | undefined;

export const pageRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/',
    id: 'page',
    tag: 'Service',
    summary: 'The page for people',
    description: 'It holds no data; what it calls asks for a key where the service does.',
    open: true,
    responses: {
      200: { description: 'HTML.', content: { 'text/html': undefined }, headers: { etag: 'Changes with the page.' } },
      304: { description: 'The page is the one whose ETag was sent in if-none-match.' },
    },
    handle: ({ context }) => {
      // Three files are read when somebody looks at it; most functions are only ever asked about pictures.
      assembled ??= assemblePage();
      const { html, policy } = assembled;
      return cacheable(context, html, 'text/html; charset=utf-8', {
        'content-security-policy': policy,
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
      });
    },
  }),
];

/** The bundler copies `page/` beside the bundle, so the folder lies in the same place for sources and for bundles. */
function readBeside(name: string): Buffer {
  return readFileSync(new URL(`./page/${name}`, import.meta.url));
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
