import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cacheable } from './responses/cacheable.ts';
import { type Route, route } from './route.ts';

export interface Page {
  readonly html: string;
  /** Content-Security-Policy under which exactly this page works: its own script and style, and requests to its origin. */
  readonly policy: string;
}

const STYLE_LINK = '<link rel="stylesheet" href="style.css">';
const SCRIPT_LINK = '<script type="module" src="client.js"></script>';

/** Puts the three files of `page/` together into one document that loads nothing else. */
export function assemblePage(read: (name: string) => string = readBeside): Page {
  const style = read('style.css');
  const script = read('client.js');
  // Functions as replacements: `$&` in the script is not to be read as a pattern.
  const html = [
    [STYLE_LINK, `<style>${style}</style>`] as const,
    [SCRIPT_LINK, `<script type="module">${script}</script>`] as const,
  ].reduce((text, [link, inline]) => {
    if (!text.includes(link)) throw new Error(`index.html has no ${link}`);
    return text.replace(link, () => inline);
  }, read('index.html'));
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
function readBeside(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
